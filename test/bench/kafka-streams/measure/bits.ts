const view = new DataView(new ArrayBuffer(8));

/** The bits of a number as 16 hex digits, as Java's Double.doubleToLongBits gives them. */
export function doubleBits(value: number): string {
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}
