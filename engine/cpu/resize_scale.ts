/** How tfjs maps an output coordinate back: `(i + offset) * scale`, in pixels of the input. */
export function resizeScale(size: number, newSize: number, alignCorners: boolean): number {
  return alignCorners && newSize > 1 ? (size - 1) / (newSize - 1) : size / newSize;
}
