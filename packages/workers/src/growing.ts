/** Columns of doubles that grow by rows, and keep their room for the next ones. */
export class GrowingColumns {
  private columns: Float64Array[];
  length = 0;

  constructor(width: number) {
    this.columns = Array.from({ length: width }, () => new Float64Array(256));
  }

  /** Adds a row and returns its index; the caller writes the values through `set`. */
  addRow(): number {
    if (this.length === this.columns[0]!.length) {
      this.columns = this.columns.map((column) => {
        const longer = new Float64Array(2 * column.length);
        longer.set(column);
        return longer;
      });
    }
    return this.length++;
  }

  set(row: number, column: number, value: number): void {
    this.columns[column]![row] = value;
  }

  /** The filled part, as arrays of their own; then there are no rows. */
  take(): Float64Array[] {
    const { length } = this;
    this.length = 0;
    return this.columns.map((column) => column.slice(0, length));
  }
}
