/**
 * Shapes that travel between the modules. The API's are those of docs/contracts.md.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box pixels, origin top left
 * @typedef {{height: number, width: number, data: string}} EncodedMap base64 of row-major bytes, 0 to 255
 * @typedef {{height: number, width: number, values: Float32Array}} HeatMap row-major, 0 to 1
 * @typedef {{label: number, name: string, probability: number, map: EncodedMap}} Candidate
 * @typedef {{name: string, box: Box, located_by: string, score: number, significant: boolean}} Feature
 * @typedef {{index: number, box: Box}} OtherFace
 * @typedef {{code: number, message: string, reason: string, hint: string}} StoredError
 * @typedef {'waiting' | 'processing' | 'done' | 'failed'} Status
 *
 * @typedef {object} Result
 * @property {string} id 32 lower-case hex characters
 * @property {Status} status
 * @property {string} created_at ISO 8601, UTC
 * @property {string | null} finished_at
 * @property {{width: number | null, height: number | null}} source of the upright photo, pixels
 * @property {{name: string, version: string, identities: number, sha256: string} | null} model
 * @property {{index: number, box: Box, crop: Box, cascade: string, others: OtherFace[]} | null} face
 * @property {{label: number, name: string, probability: number} | null} identity
 * @property {Candidate[]} candidates most alike first
 * @property {Feature[]} features boxes refer to the crop
 * @property {{sentences: string[], outside: number} | null} explanation
 * @property {Record<string, string>} artifacts role to URL
 * @property {StoredError | null} error
 * @property {Record<string, number>} timings seconds by stage
 *
 * @typedef {object} Ticket the answer to POST /api/uploads
 * @property {string} id
 * @property {{url: string, fields: Record<string, string>}} upload
 * @property {number} max_bytes
 *
 * @typedef {object} Photo a photo that passed the checks, still on this device
 * @property {Blob} file
 * @property {string} type the sniffed content type
 * @property {string} url object URL of the preview; whoever drops the photo revokes it
 */

export {};
