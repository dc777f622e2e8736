/** Names of class activation maps, as the literature writes them. */

/** @type {Record<string, string>} */
const METHODS = { gradcam: 'Grad-CAM', layercam: 'LayerCAM', hirescam: 'HiResCAM' };

export const GRAD_CAM = METHODS.gradcam;

/**
 * @param {{cam?: string} | null} explanation of a result
 * @returns {string} the method of its activation maps
 */
export function camName(explanation) {
  return METHODS[explanation?.cam ?? 'gradcam'] ?? String(explanation?.cam);
}
