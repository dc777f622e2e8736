/** What can go wrong, in English. */

export const errors = {
  /** Title and hint by the page's own reason. */
  errors: /** @type {Record<string, [string, string]>} */ ({
    offline: ['You are offline', 'Nothing is lost. The page continues by itself as soon as the connection is back.'],
    network: ['The connection was lost', 'Your photo is still here. Check the connection, then try again.'],
    interrupted: ['The upload broke off', 'The server ended the connection before it had the whole photo. It is still here: try again, and if that does not help, use a smaller copy.'],
    timeout: ['The server is not answering', 'The connection is very slow. Your photo is still here: try again in a moment.'],
    slow: ['This is taking unusually long', 'Your photo is still in the queue. Keep waiting, or come back to this address later.'],
    busy: ['Too many photos at the moment', 'The service is busy. Wait a moment, then try again.'],
    server: ['Something failed on our side', 'Your photo is fine. Try again in a minute.'],
    'upload-refused': ['The photo was not accepted', 'The permission to upload it has expired or was refused. Try again.'],
    'not-found': ['There is nothing at this address', 'The result was deleted or has expired after 30 days, or the link is incomplete.'],
    'other-unknown': ['The other photo is gone', 'Its result was deleted or has expired after 30 days. Choose both photos again.'],
    empty: ['This file is empty', 'It has no content. Choose the photo again, or another one.'],
    'too-large': ['This photo is too large', 'Make it smaller, or use a screenshot of it.'],
    'unsupported-type': ['This file is not a supported photo', 'Use a JPEG, PNG or WebP photo. A screenshot of the picture works too.'],
    'unreadable-file': ['The file could not be opened', 'It may have been moved, or it is in a cloud folder. Copy it to this device and choose it again.'],
    unexpected: ['Something unexpected happened', 'Try again. If it happens again, reload the page.'],
  }),
  /** Title and hint by code and reason of a stored error that is the photo's fault. */
  photoErrors: /** @type {Record<string, [string, string]>} */ ({
    '1 empty': ['This file is empty', 'It has no content. Choose the photo again, or another one.'],
    '1 not-an-image': ['This file could not be read as a photo', 'Use a JPEG, PNG or WebP photo. A screenshot of the picture works too.'],
    '1 heic': ['This is a HEIC photo', 'iPhones save photos in this format. Export it as JPEG, or use a screenshot of it.'],
    '1 avif': ['This is an AVIF picture', 'Save it as JPEG, PNG or WebP, or use a screenshot of it.'],
    '1 too-small': ['This photo is too small', 'Use a larger one; the face should be at least 100 pixels wide.'],
    '1 too-large': ['This photo is too large', 'Make it smaller, or use a screenshot of it.'],
    '1 damaged': ['This file could not be read as a photo', 'It seems to be damaged or incomplete. Save or copy it again, or use a screenshot of it.'],
    '1 photo-gone': ['The photo is gone', 'It was deleted before its turn came. Upload it again.'],
    '1 photo-replaced': ['The photo was replaced', 'Another file took its place before its turn came. Upload it again.'],
    '1 not-clean': ['This file was rejected', 'It did not pass the malware scan. Use another photo.'],
    '1 other-unknown': ['The other photo is gone', 'Its result was deleted or has expired after 30 days. Choose both photos again.'],
    '1 other-expired': ['The other photo is gone', 'Its result expired after 30 days. Choose both photos again.'],
    '1 other-failed': ['The other photo could not be explained', 'It has no result to compare with. Choose another one in its place.'],
    '1 other-unfinished': ['The other photo is not ready yet', 'Wait for its result, then compare again.'],
    '1 other-too-often': ['The other photo was compared too often', 'It has already been compared 100 times. Choose both photos again.'],
    '1 not-comparable': ['These photos cannot be compared', 'The other photo was explained by another model. Choose both photos again.'],
    '3 no-face': ['No face found in this photo', 'Use a sharp photo that shows the face large and from the front, in even light and without a mask.'],
    '3 too-small': ['The face is too small', 'Crop the photo to the face, or use one taken from closer up.'],
    '3 too-blurred': ['The face is too blurred', 'Use a sharper photo: more light and a steady hand help.'],
    '3 no-such-face': ['This face is not in the photo', 'Upload the photo again and choose one of the faces that are found.'],
  }),
  fileHints: {
    tooLarge: (/** @type {string} */ size, /** @type {string} */ limit) =>
      `It is ${size}; the limit is ${limit}. Use a smaller copy or a screenshot.`,
    heic: 'It is a HEIC photo, as iPhones save them, and this browser cannot read it. Export it as JPEG, or use a screenshot of it.',
    avif: 'It is an AVIF picture, and this browser cannot read it. Save it as JPEG, PNG or WebP.',
    gif: 'It is a GIF, and this browser cannot read it. Save one frame of it as JPEG or PNG.',
    pdf: 'It is a PDF. Take a screenshot of the photo in it.',
  },
};
