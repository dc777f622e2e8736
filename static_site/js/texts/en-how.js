/** The page "How it works" in English. */

export const how = {
  title: 'How it works',
  try: 'Try it',
  lead: 'A photo of a face goes in. A name, a map and a few sentences come out, and every sentence was tested on this very photo. This is how.',
  one: {
    title: 'One photo',
    chapters: [
      {
        title: 'Find the face',
        text: 'A small network, YuNet, looks for faces and marks five points on each: the eyes, the tip of the nose and the corners of the mouth. What it does not confirm is not treated as a face. The photo is then turned, scaled and cropped so that these points always lie in the same place.',
      },
      {
        title: 'Describe it in 128 numbers',
        text: 'A second network, dlib’s face recognition network, turns the face into a descriptor: 128 numbers that are similar for photos of the same person and different for different people. It was trained on millions of photos by others; BRAIN uses it unchanged.',
      },
      {
        title: 'Compare it with the people it knows',
        text: 'Every known person is the mean of the descriptors of their photos. The smaller the angle between two descriptors, the better the match. The percentages say how the match is divided among the known people; whether the person is known at all is estimated separately. That is why the answer can be “nobody BRAIN knows”.',
      },
      {
        title: 'Draw where the network responds',
        text: 'A class activation map such as LayerCAM or Grad-CAM marks the places whose features raise the score of a name. It is quick, but it shows where the network responds, not what the decision depends on.',
      },
      {
        title: 'Measure what the name depends on',
        text: 'Small regions all over the face are blurred, one after another, and the network runs again each time. Together with the activation map this gives the evidence map: it is bright where the score drops without a region. Then each part of the face is blurred, and for comparison areas of the same size elsewhere in the face. A part is called a reason only if the match drops more without it than without any of those areas.',
      },
      {
        title: 'Check the maps themselves',
        text: 'If a map is right, blurring what it marks should destroy the match quickly, and restoring it should bring the match back quickly. Both are measured on your photo and compared with a random map, the inverted map and a dot in the centre. A map that fails says so.',
      },
    ],
  },
  two: {
    title: 'Two photos',
    text: 'Do two photos show one person? Neither face has to be known for that: the two are compared with each other.',
    chapters: [
      {
        title: 'Measure the similarity',
        text: 'Both faces are described in 128 numbers. The similarity is the cosine of the angle between the two descriptors: 1 if they point the same way. Every face is somewhat like every other, so even photos of two people score far above 0, and it is the small differences near 1 that matter.',
      },
      {
        title: 'Say what it means',
        text: 'The chance is the share of pairs as similar as these that show one person. It was learned from pairs of which half do. Where hardly any pair does, as in a crowd, the true chance is lower.',
      },
      {
        title: 'Draw both signs',
        text: 'Each photo gets two maps, from gradients and from blurring regions of one photo while the other stays as it is. The map of what makes them alike is bright where the similarity drops without a region. The map of what speaks against it is bright where the similarity rises. Both use the same scale, so a faint map is a weak argument.',
      },
      {
        title: 'Test the parts',
        text: 'Each part of the face is blurred in one photo, and for comparison areas of the same size elsewhere. A part makes the faces alike only if the chance falls more without it than without any of those areas, and speaks against one person only if the chance rises more.',
      },
    ],
  },
  figures: {
    title: 'How good is it?',
    source: (/** @type {string} */ model, /** @type {string} */ people) =>
      `Measured with brain evaluate and make bench: ${model}, ${people} people. Photos that the gallery was built from are left out.`,
    set: 'Photos',
    photos: 'Number',
    top1: 'Correct name first',
    top5: 'Among the first five',
    known: 'Known people named',
    unknown: 'Unknown people named',
    sets: /** @type {Record<string, string>} */ ({
      lfw: 'LFW, held-out press photos',
      foreign: 'Film stills and portraits from elsewhere',
    }),
    pairs: (/** @type {string} */ count) => `of ${count} pairs of LFW photos judged correctly (one person or two)`,
    accepted: 'of pairs of one person accepted when one in 1,000 pairs of two people is accepted as well (TAR at FAR 0.1\u00a0%)',
    calibration: 'is the mean error of the chance (calibration error)',
    even: 'is the similarity at which one person and two are equally likely',
    planted: 'of patches from another face, pasted into one of two LFW photos, are found by the map of what speaks against it',
    auroc: 'probability that a known face scores above an unknown one (AUROC)',
    name: 'until the name is known, on one ordinary processor core',
    all: 'until everything is tested',
  },
  fails: {
    title: 'Where it fails',
    text: 'These cases are known. If your photo is one of them, do not trust the name or the comparison.',
    cases: [
      ['Profiles and steep angles', 'The five points cannot be placed well when one eye is hidden. A profile beside a photo from the front may be taken for another person.'],
      ['Sunglasses, masks, hands', 'What is covered cannot be compared; the match then rests on hair or outline, and two people in sunglasses may seem alike.'],
      ['Twins and close relatives', 'Their descriptors are nearly the same. The network cannot tell them apart reliably, and a comparison may call them one person.'],
      ['Children', 'The photos that the networks learned from show adults almost exclusively, and children’s faces change: a child and the adult they became may be taken for two people.'],
      ['Small or blurred faces', 'Below about 100 pixels, or out of focus, there is too little to compare.'],
      ['Heavy make-up, drawings, statues', 'They may be taken for faces and matched with somebody.'],
      ['People unlike those it knows', 'LFW shows public figures from around 2005, most of them men and most of them white. For others, errors are more frequent.'],
    ],
  },
  not: {
    title: 'What it must not be used for',
    text: 'BRAIN is made for learning what such networks do. It names the closest match among the people it knows, and it is sometimes wrong.',
    uses: [
      'to find out who a stranger is, or to watch people',
      'to open doors, accounts or borders',
      'to decide anything about a person: work, credit, police, asylum',
      'on photos of people who have not consented to it',
    ],
  },
};
