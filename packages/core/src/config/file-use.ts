/** Whether a `use` names a file and not a built-in: a path, or a name that ends like code. */
export function isFileUse(use: string): boolean {
  return /^(\.{0,2}\/|[A-Za-z]:[\\/])/.test(use) || /\.(m?ts|m?js)$/.test(use);
}
