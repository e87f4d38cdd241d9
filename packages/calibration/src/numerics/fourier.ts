/** Replaces complex numbers by Σ_j z_j·exp(−2πi·jk/n), n a power of two (Cooley and Tukey 1965). */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  const { cos, sin } = rootsOfUnity(n);
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let block = 0; block < n; block += 2 * half) {
      for (let k = 0; k < half; k++) {
        const c = cos[k * stride]!;
        const s = sin[k * stride]!;
        const a = block + k;
        const b = a + half;
        const x = c * re[b]! + s * im[b]!;
        const y = c * im[b]! - s * re[b]!;
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a]! += x;
        im[a]! += y;
      }
    }
  }
}

let roots: { readonly n: number; readonly cos: Float64Array; readonly sin: Float64Array } | undefined;

function rootsOfUnity(n: number): { readonly cos: Float64Array; readonly sin: Float64Array } {
  if (roots?.n === n) return roots;
  const angle = (i: number): number => (2 * Math.PI * i) / n;
  roots = {
    n,
    cos: Float64Array.from({ length: n / 2 }, (_, i) => Math.cos(angle(i))),
    sin: Float64Array.from({ length: n / 2 }, (_, i) => Math.sin(angle(i))),
  };
  return roots;
}
