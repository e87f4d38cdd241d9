/** A figure that was asked for cannot be read, or the run has no such column. `code` is `FIGURE_INVALID`. */
export class FigureError extends Error {
  readonly code = 'FIGURE_INVALID';

  constructor(message: string) {
    super(message);
    this.name = 'FigureError';
  }
}
