/** What the canvases of the profile have in common: sizes, and a context that is sharp on any screen. */
export const LANE_PX = 22;
export const AXIS_PX = 50;
export const LABEL_PX = 208;
const RIGHT_PX = 8;
export const BAR = { top: 3, height: 15 };
export const FONT = '11px system-ui, sans-serif';
/** Of a character of that font, about. */
export const CHARACTER_PX = 6;

export const plotWidth = (canvas: HTMLCanvasElement): number => Math.max(1, canvas.clientWidth - LABEL_PX - RIGHT_PX);

export function prepare(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
  // Setting a size, even the same, throws the canvas's memory away.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  context.font = FONT;
  return context;
}
