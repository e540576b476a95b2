/**
 * What is to be seen: Python's picture, finer cells laid over it, or the picture of another setting.
 */

/**
 * @param {object} base picture of the last page run
 * @param {object|null} previewed picture of another setting, shown for the time being
 * @param {object|null} parcel finer cells, of whichever picture they were asked for
 */
export function composed(base, previewed, parcel) {
  const over = (levels) => base.strips.map((strip, i) => ({ ...strip, ...levels(i) }));
  if (previewed) {
    const strips = over((i) => previewed.strips[i]);
    return { ...base, ...previewed, strips, field: { ...base.field, ...previewed.field } };
  }
  if (!parcel?.tiles?.length || parcel.identity !== base.identity) return base;
  const strips = over((i) => ({ fine: parcel.strips[i] }));
  return { ...base, strips, tiles: [...base.tiles, ...parcel.tiles] };
}
