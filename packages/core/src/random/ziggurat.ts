import type { RandomStream } from './stream.ts';

/**
 * The ziggurat for the standard normal (Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables",
 * Journal of Statistical Software 5(8), 2000), with 256 layers and two 32-bit draws a candidate, so that the layer and
 * the value share no bits (Doornik, "An Improved Ziggurat Method to Generate Normal Random Samples", 2005).
 *
 * Let f(x) = exp(−x²/2). The area under f for x ≥ 0 is cut into 256 layers of equal area V. Layer 0 is the strip below
 * f(R), as wide as R, and the tail beyond R; layers 1 to 255 are rectangles stacked on it:
 *
 *     X[0] = V / f(R)      the width that layer 0 would have as a rectangle
 *     X[1] = R
 *     X[i + 1] = sqrt(−2 log(V / X[i] + f(X[i])))      i = 1 … 254
 *     X[256] = 0
 *     width[i] = X[i] · 2^−22      accept[i] = X[i + 1] / X[i] · 2^22      height[i] = f(X[i])
 *
 * R solves "the stack ends at f(0) = 1" and V = R f(R) + ∫_R^∞ f; both were solved with 40 digits and rounded to
 * doubles. Rounding makes the layers' areas differ from V by up to 5 parts in 10^14 (at the top), far below what any
 * sample can show.
 *
 * One normal, with a and b two successive outputs of the generator as int32:
 *
 *  1. layer = a & 255. Bit 8 of a is not used.
 *  2. v = (a >> 9) + (b · 2^−32 + 0.5): a signed integer of 23 bits and a fraction of 32 bits, uniform on
 *     [−2^22, 2^22]; one rounding to double. x = v · width[layer].
 *  3. If |v| < accept[layer], return x (98.9 % of the candidates).
 *  4. If layer = 0, the tail (Marsaglia 1964): repeat e = −log(1 − u1) / R, d = −log(1 − u2) until 2d > e²; return
 *     R + e with the sign of v.
 *  5. Else the wedge: if height[layer] + u · (height[layer + 1] − height[layer]) < exp(−½ x x), return x; else start
 *     again at 1 with new a and b.
 *
 * Each u is a `nextDouble()`: 53 bits from two further outputs c, d: ((c >>> 5) · 2^26 + (d >>> 6)) · 2^−53.
 * `RandomStream.normal` and `fillNormal` do steps 1 to 3, `rareNormal` steps 4 and 5.
 */
export const ZIGGURAT_R = 3.654152885361009;
const V = 0.004928673233974655;
const LAYERS = 256;
const TWO_POW_22 = 4_194_304;
const TWO_POW_MINUS_32 = 1 / 4_294_967_296;

/** Step 2: a layer's width over 2^22. */
export const WIDTH: Float64Array = new Float64Array(LAYERS);
/** Step 3: |v| below this lies under the curve for certain. */
export const ACCEPT: Float64Array = new Float64Array(LAYERS);
/** Step 5: f at the layer's right end; one more entry for the top, f(0) = 1. */
const HEIGHT = new Float64Array(LAYERS + 1);
fillTables();

function fillTables(): void {
  const edge = new Float64Array(LAYERS + 1);
  edge[0] = V / Math.exp(-0.5 * ZIGGURAT_R * ZIGGURAT_R);
  edge[1] = ZIGGURAT_R;
  for (let i = 1; i < LAYERS - 1; i++) {
    edge[i + 1] = Math.sqrt(-2 * Math.log(V / edge[i]! + Math.exp(-0.5 * edge[i]! * edge[i]!)));
  }
  edge[LAYERS] = 0;
  for (let i = 0; i < LAYERS; i++) {
    WIDTH[i] = edge[i]! / TWO_POW_22;
    ACCEPT[i] = (edge[i + 1]! / edge[i]!) * TWO_POW_22;
  }
  for (let i = 0; i <= LAYERS; i++) HEIGHT[i] = Math.exp(-0.5 * edge[i]! * edge[i]!);
}

/**
 * Steps 4 and 5 for the draws a and b of a candidate that step 3 did not accept; NaN where it is rejected and a new one
 * must be drawn.
 */
export function rareNormal(random: RandomStream, a: number, b: number): number {
  const layer = a & 255;
  const v = (a >> 9) + (b * TWO_POW_MINUS_32 + 0.5);
  if (layer === 0) {
    for (;;) {
      const e = -Math.log(1 - random.nextDouble()) / ZIGGURAT_R;
      const d = -Math.log(1 - random.nextDouble());
      if (2 * d > e * e) return v < 0 ? -ZIGGURAT_R - e : ZIGGURAT_R + e;
    }
  }
  const x = v * WIDTH[layer]!;
  const low = HEIGHT[layer]!;
  const y = low + random.nextDouble() * (HEIGHT[layer + 1]! - low);
  return y < Math.exp(-0.5 * x * x) ? x : Number.NaN;
}
