/** What the flow from a photo to its result needs from outside. */

/** @typedef {import('./shared/errors.js').PageError} PageError */
/** @typedef {import('./shared/types.js').Photo} Photo */
/** @typedef {import('./shared/types.js').Ticket} Ticket */
/** @typedef {import('./shared/types.js').Result} Result */
/** @typedef {import('./shared/types.js').Sample} Sample */
/** @typedef {import('./shared/types.js').Stage} Stage */

/**
 * @typedef {object} Views
 * @property {(notice?: string) => void} start
 * @property {() => void} pair two photos are to be chosen
 * @property {(stage: Stage, facts: {photo: Photo | null, waited?: number, part?: 1 | 2}) => void} progress part: which
 *   of two photos
 * @property {(sent: number, size: number) => void} sent fraction and bytes
 * @property {(result: Result, photo: Photo | null, sample?: Sample) => void} result named first, then done
 * @property {() => void} resent the upload broke off and begins again
 * @property {(faces: import('./shared/types.js').Faces) => void} faces what is known about the faces of the photo at hand
 * @property {(result: Result) => void} kept the copy of a result that is kept on this device
 * @property {(error: PageError) => void} interrupted the checks of the result that is shown; `resume` goes on
 * @property {(error: PageError, photo: Photo | null, retry: (() => void) | null, partner?: string | null) => void} error
 *   partner: the id of the result that the photo was to be compared with
 *
 * @typedef {object} Listeners
 * @property {(stage: Stage, waited: number) => void} onStage waited in milliseconds
 * @property {(result: Result) => void} onNamed
 *
 * @callback CreateUpload
 * @param {AbortSignal} signal
 * @param {import('./shared/types.js').Upload} photo
 * @returns {Promise<Ticket>}
 *
 * @callback Send
 * @param {AbortSignal} signal
 * @param {Ticket['upload']} upload
 * @param {Blob} file
 * @param {(sent: number) => void} onProgress fraction
 * @returns {Promise<void>}
 *
 * @callback Wait
 * @param {AbortSignal} signal
 * @param {string} id
 * @param {Listeners} listeners
 * @returns {Promise<Result>}
 *
 * @typedef {object} Dependencies
 * @property {Views} views
 * @property {(signal: AbortSignal, file: Blob) => Promise<{file: Blob, type: string}>} prepare gives what is uploaded
 * @property {CreateUpload} createUpload
 * @property {Send} send
 * @property {Wait} wait
 * @property {(id: string) => Promise<void>} remove
 * @property {(signal: AbortSignal, slug: string) => Promise<{sample: Sample, result: Result, url: string}>} openSample
 * @property {(id: string) => Promise<Result | null>} kept the copy on this device, null where there is none
 * @property {(id: string | null) => void} go puts the id into the address
 * @property {() => boolean} online
 * @property {(signal: AbortSignal, milliseconds: number) => Promise<void>} pause
 * @property {(signal: AbortSignal, url: string) => Promise<Blob>} load a sample photo
 * @property {(file: Blob) => string} preview makes an object URL
 * @property {(url: string) => void} release revokes it
 */

export {};
