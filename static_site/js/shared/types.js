/**
 * Types that several modules share. Those of the API are those of docs/contracts.md.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box pixels, origin top left
 * @typedef {{height: number, width: number, data: string}} EncodedMap base64 of row-major bytes, 0 to 255
 * @typedef {{height: number, width: number, values: Float32Array}} HeatMap row-major, 0 to 1
 * @typedef {{height: number, width: number, scale: number, data: string}} SignedMap base64 of row-major int8;
 *   value = data * scale / 127
 * @typedef {{probability: number, logit: number}} Effect the drop of both when something is blurred
 * @typedef {Effect & {box: Box}} Control the same for an area elsewhere in the face
 * @typedef {{deletion: number, insertion: number}} Areas under the curve, 0 to 1: low and high are good
 * @typedef {'strong' | 'weak' | 'nobody'} Verdict
 * @typedef {'embedded' | 'own'} Source of a person: built into the model, or enrolled beside it
 * @typedef {{index: number, box: Box}} OtherFace
 * @typedef {{code: number, message: string, reason: string, hint: string}} StoredError
 * @typedef {'waiting' | 'processing' | 'named' | 'done' | 'failed'} Status
 * @typedef {[[number, number, number], [number, number, number]]} Affine rows of a 2 x 3 matrix
 * @typedef {'opening' | 'preparing' | 'sending' | 'waiting' | 'processing' | 'comparing'} Stage of the way to a result
 *
 * @typedef {object} Candidate
 * @property {number} label
 * @property {string} name
 * @property {number} probability
 * @property {Source} [source] built in if absent
 * @property {EncodedMap} map the activation map of `explanation.cam`
 * @property {EncodedMap | null} [grad_cam] Grad-CAM beside it; null where `map` is Grad-CAM
 * @property {EncodedMap | null} [evidence] measured by blurring
 * @property {SignedMap | null} [signed] `map` before its ReLU
 *
 * @typedef {object} Feature
 * @property {string} name
 * @property {Box} box in pixels of the crop
 * @property {string} located_by
 * @property {number} score mean of `map` inside the box, 0 to 1
 * @property {boolean} significant
 * @property {Effect | null} [effect] null where it was not checked
 * @property {Control[]} [controls]
 * @property {number[]} [falls] the drop of each candidate's logit without it, in the order of the candidates
 * @property {boolean} [reason] its effect exceeds every control
 *
 * @typedef {object} Reason
 * @property {string[]} features one, a left and a right one measured jointly, or all of them
 * @property {number} before probability, 0 to 1
 * @property {Effect} effect
 * @property {Effect} control the strictest one
 *
 * @typedef {object} Fidelity
 * @property {Areas} [cam] of the activation map
 * @property {Areas} [grad_cam] the same in results of version 1
 * @property {Areas | null} [evidence]
 * @property {Areas} random
 * @property {Areas} inverted
 * @property {Areas} centre
 *
 * @typedef {object} PairContrast one candidate against another
 * @property {number} label_for
 * @property {number} label_against
 * @property {number[]} leads for each feature, units of the logit; positive speaks for `label_for`
 * @property {string} sentence
 *
 * @typedef {object} ComparedPhoto an effect here is how far the chance of one person falls
 * @property {Box} input the square of the crop that the network sees and the maps cover
 * @property {Feature[]} features
 * @property {Reason[]} reasons what makes the photos alike
 * @property {Reason[]} reasons_against what speaks against one person: its effect is negative
 * @property {EncodedMap} evidence
 * @property {EncodedMap} against
 *
 * @typedef {'same' | 'probably_same' | 'unclear' | 'probably_different' | 'different'} LikenessVerdict
 *
 * @typedef {object} Comparison of this photo with another one
 * @property {string} with_id of the other photo's result
 * @property {number} similarity cosine, -1 to 1
 * @property {number} probability that both show one person, 0 to 1
 * @property {LikenessVerdict} verdict
 * @property {[ComparedPhoto, ComparedPhoto]} photos this photo and the other one
 * @property {string[]} sentences
 * @property {string} language
 * @property {string[][]} mentions
 * @property {Record<string, string[]>} translations
 *
 * @typedef {{person: string, outcome: 'enrolled' | 'unlike-others', photos: number}} Enrolment
 *
 * @typedef {object} Justification
 * @property {string[]} sentences
 * @property {string} [language] of the sentences, `en` or `de`
 * @property {'gradcam' | 'layercam' | 'hirescam'} [cam] the method of `candidates[].map`; Grad-CAM if absent
 * @property {number} outside share of the activation map on no named feature
 * @property {number | null} [evidence_outside]
 * @property {'off' | 'features' | 'full'} [check]
 * @property {Reason[]} [reasons]
 * @property {Fidelity | null} [fidelity]
 * @property {PairContrast[]} [contrasts] every pair of candidates
 * @property {string[][]} [mentions] the features that each sentence is about
 * @property {Record<string, {sentences: string[], contrasts: string[]}>} [translations] by language
 *
 * @typedef {object} Face
 * @property {number} index
 * @property {Box} box
 * @property {Box} crop
 * @property {string} [found_by] `yunet`, or a cascade
 * @property {string} [cascade] the same in results of version 1
 * @property {[number, number][]} [landmarks] right eye, left eye, nose tip, right and left mouth corner, in the photo
 * @property {number} [rotation] 0, 90, 180 or 270 degrees, clockwise
 * @property {Affine} [transform] from the upright photo to the crop, pixels
 * @property {Box} [input] the square of the crop that the network sees and the maps cover; the whole crop if absent
 * @property {OtherFace[]} others
 *
 * @typedef {object} Result
 * @property {string} id 32 lower-case hex characters
 * @property {Status} status
 * @property {string} created_at ISO 8601, UTC
 * @property {string | null} finished_at
 * @property {{width: number | null, height: number | null}} source of the upright photo, pixels
 * @property {{name: string, version: string, identities: number, sha256: string} | null} model
 * @property {Face | null} face
 * @property {{label: number, name: string, probability: number, source?: Source, certainty?: number, verdict?: Verdict, calibrated?: boolean} | null} identity
 * @property {Candidate[]} candidates best match first
 * @property {Feature[]} features boxes refer to the crop
 * @property {Justification | null} explanation
 * @property {Comparison | null} [comparison]
 * @property {Enrolment | null} [enrolment] of a photo that was enrolled instead of being explained
 * @property {Record<string, string>} artifacts role to URL
 * @property {StoredError | null} error
 * @property {Record<string, number>} timings seconds by stage
 *
 * @typedef {{status: 'running' | 'done' | 'failed', result: Result | null}} FaceState of a face of the photo at hand
 * @typedef {ReadonlyMap<number, FaceState>} Faces by the face's index
 *
 * @typedef {object} Upload what is asked of POST /api/uploads
 * @property {string} content_type
 * @property {number} size bytes
 * @property {number} face index of the face to explain
 * @property {string} [compare_with] id of the result whose photo it is compared with
 *
 * @typedef {object} Ticket the answer to POST /api/uploads
 * @property {string} id
 * @property {{url: string, fields: Record<string, string>}} upload
 * @property {number} max_bytes
 *
 * @typedef {{slug: string, name: string, credit: string}} Sample a sample photo whose result is ready
 *
 * @typedef {object} DrawnFace a face and its map, to be drawn on another canvas
 * @property {CanvasImageSource} face square
 * @property {ImageBitmap} map
 * @property {number} opacity of the map, 0 to 1
 * @property {Box} box where the map lies, as shares of the face's side
 *
 * @typedef {object} SharePicture
 * @property {Result} result
 * @property {DrawnFace[]} faces one, or two side by side
 * @property {string[]} notes above the title
 * @property {string} title
 * @property {string} strong below the title
 * @property {string[]} sentences
 *
 * @typedef {object} ResultView shows the explanation of one photo, or the comparison of two
 * @property {(result: Result, photo: Photo | null, update: boolean) => (() => void)[]} show update: it continues the
 *   result that is shown, and whatever is there already stays where it is. Gives the steps that show the rest, from the
 *   top down
 * @property {(result: Result) => void} setImages fresh links to the same pictures
 * @property {(error: import('./errors.js').PageError) => void} interrupt the checks were interrupted
 * @property {() => Promise<SharePicture>} sharePicture
 *
 * @typedef {object} Photo a photo that passed the checks, still on this device
 * @property {Blob | null} file null for a sample photo, which is at `url`
 * @property {string} type its content type, from its first bytes
 * @property {string} url of the preview; whoever discards the photo revokes an object URL
 */

export {};
