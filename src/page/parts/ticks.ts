/** Where marks stand on a scale of time. Draws none. */

/** Seconds between two marks, such as people count in. */
const strides = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const mostTicks = 6;

/** From 0 on, at most six of them. */
export function ticksOf(seconds: number): readonly number[] {
  const hours = Math.ceil(seconds / mostTicks / 3600) * 3600;
  const stride = strides.find((each) => seconds / each < mostTicks) ?? hours;
  const count = Math.floor(seconds / stride) + 1;
  return Array.from({ length: count }, (_, at) => Math.round(at * stride * 10) / 10);
}
