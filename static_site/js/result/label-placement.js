/** Positions for the labels of the feature boxes, so that no label covers another or, where possible, another box. */

/**
 * @typedef {import('../shared/types.js').Box} Area pixels on the page
 * @typedef {{width: number, height: number}} Size pixels on the page
 */

/**
 * The positions a label can take, best first: above its box, below it, inside it. Labels grow away from the middle
 * of the picture where they can, so that those of the two eyes leave room for each other.
 *
 * @param {Area} box
 * @param {Size} label
 * @param {Size} stage
 */
function positions(box, label, stage) {
  const flush = [box.x, box.x + box.width - label.width];
  const onTheLeft = box.x + box.width / 2 < stage.width / 2;
  if (onTheLeft === label.width > box.width) flush.reverse();
  const [above, below] = [box.y - label.height, box.y + box.height];
  return [above, below, box.y].flatMap((y) => flush.map((x) => ({ x, y, ...label })));
}

/**
 * @param {Area} a
 * @param {Area} b
 */
function overlap(a, b) {
  const across = a.x < b.x + b.width && b.x < a.x + a.width;
  return across && a.y < b.y + b.height && b.y < a.y + a.height;
}

/**
 * @param {Area} area
 * @param {Size} stage
 */
function inside(area, stage) {
  const low = area.x >= 0 && area.y >= 0;
  return low && area.x + area.width <= stage.width && area.y + area.height <= stage.height;
}

/**
 * @param {{box: Area, label: Size}[]} wanted most important first
 * @param {Size} stage the picture's size
 * @returns {(Area | null)[]} a position for each, null where none is free
 */
export function placeLabels(wanted, stage) {
  /** @type {Area[]} */
  const taken = [];
  return wanted.map(({ box, label }) => {
    const fits = (/** @type {Area} */ area) => inside(area, stage) && !taken.some((other) => overlap(other, area));
    const clear = (/** @type {Area} */ area) => !wanted.some((other) => other.box !== box && overlap(other.box, area));
    const free = positions(box, label, stage).filter(fits);
    const best = free.find(clear) ?? free[0] ?? null;
    if (best) taken.push(best);
    return best;
  });
}
