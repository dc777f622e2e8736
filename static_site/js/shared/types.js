/**
 * Shapes that travel between the modules. The API's are those of docs/contracts.md.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box pixels, origin top left
 * @typedef {{height: number, width: number, data: string}} EncodedMap base64 of row-major bytes, 0 to 255
 * @typedef {{height: number, width: number, values: Float32Array}} HeatMap row-major, 0 to 1
 * @typedef {{height: number, width: number, scale: number, data: string}} SignedMap base64 of row-major int8;
 *   value = data * scale / 127
 * @typedef {{probability: number, logit: number}} Effect how far both fall when something is blurred away
 * @typedef {Effect & {box: Box}} Control the same for an area elsewhere in the face
 * @typedef {{deletion: number, insertion: number}} Areas under a curve, 0 to 1: low and high are good
 * @typedef {'strong' | 'weak' | 'nobody'} Verdict
 * @typedef {{index: number, box: Box}} OtherFace
 * @typedef {{code: number, message: string, reason: string, hint: string}} StoredError
 * @typedef {'waiting' | 'processing' | 'done' | 'failed'} Status
 *
 * @typedef {object} Candidate
 * @property {number} label
 * @property {string} name
 * @property {number} probability
 * @property {EncodedMap} map Grad-CAM
 * @property {EncodedMap | null} [evidence] measured
 * @property {SignedMap | null} [signed] Grad-CAM before its ReLU
 *
 * @typedef {object} Feature
 * @property {string} name
 * @property {Box} box in pixels of the crop
 * @property {string} located_by
 * @property {number} score mean of Grad-CAM inside the box, 0 to 1
 * @property {boolean} significant
 * @property {Effect | null} [effect] null where it was not checked
 * @property {Control[]} [controls]
 * @property {number[]} [falls] how far each candidate's logit falls without it, in the order of the candidates
 * @property {boolean} [reason] its effect exceeds every control
 *
 * @typedef {object} Reason
 * @property {string[]} features one, or a left and a right one measured jointly
 * @property {number} before probability, 0 to 1
 * @property {Effect} effect
 * @property {Effect} control the strictest one
 *
 * @typedef {object} Fidelity
 * @property {Areas} grad_cam
 * @property {Areas | null} [evidence]
 * @property {Areas} random
 * @property {Areas} inverted
 * @property {Areas} centre
 *
 * @typedef {object} Explanation
 * @property {string[]} sentences
 * @property {string} [language] of the sentences, `en` or `de`
 * @property {number} outside share of Grad-CAM on no named feature
 * @property {number | null} [evidence_outside]
 * @property {'off' | 'features' | 'full'} [check]
 * @property {Reason[]} [reasons]
 * @property {Fidelity | null} [fidelity]
 * @property {{label_for: number, label_against: number, sentence: string} | null} [contrast]
 *
 * @typedef {object} Result
 * @property {string} id 32 lower-case hex characters
 * @property {Status} status
 * @property {string} created_at ISO 8601, UTC
 * @property {string | null} finished_at
 * @property {{width: number | null, height: number | null}} source of the upright photo, pixels
 * @property {{name: string, version: string, identities: number, sha256: string} | null} model
 * @property {{index: number, box: Box, crop: Box, cascade: string, others: OtherFace[]} | null} face
 * @property {{label: number, name: string, probability: number, certainty?: number, verdict?: Verdict} | null} identity
 * @property {Candidate[]} candidates most alike first
 * @property {Feature[]} features boxes refer to the crop
 * @property {Explanation | null} explanation
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
