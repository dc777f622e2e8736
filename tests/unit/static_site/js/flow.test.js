import assert from 'node:assert/strict';
import test from 'node:test';
import { pageError } from '../../../../static_site/js/shared/errors.js';
import { FACE_MISSING, ID, photo, world } from './flow-world.js';

test('a photo goes all the way to its result, and the address gets the id', async () => {
  const { flow, log, last } = world();
  await flow.accept(photo);
  assert.ok(log.some(([what, id]) => what === 'go' && id === ID));
  const [what, result, held] = last();
  assert.deepEqual([what, result.id, held.url], ['result', ID, 'blob:1']);
});

test('a bad file is refused before anything is sent', async () => {
  const { flow, last, log } = world({ prepare: async () => Promise.reject(pageError('empty')) });
  await flow.accept(photo);
  assert.deepEqual([last()[0], last()[1].reason, last()[3]], ['error', 'empty', null]);
  assert.ok(!log.some(([what, stage]) => what === 'progress' && stage !== 'preparing'));
});

test('a broken connection keeps the photo, and trying again sends it', async () => {
  let tries = 0;
  const send = async () => {
    tries += 1;
    if (tries === 1) throw pageError('network');
  };
  const { flow, last, released } = world({ send });
  await flow.accept(photo);
  const [what, error, held, retry] = last();
  assert.deepEqual([what, error.reason, held.file], ['error', 'network', photo]);
  await retry();
  assert.equal(last()[0], 'result');
  assert.deepEqual([tries, released], [2, []]);
});

test('an upload that the server breaks off begins again by itself, with a form of its own', async () => {
  const forms = /** @type {any[]} */ ([]);
  const pauses = /** @type {number[]} */ ([]);
  const { flow, last, names } = world({
    createUpload: async () => ({ id: `${forms.length}`.repeat(32), upload: {}, max_bytes: 1 }),
    send: async (/** @type {any} */ _, /** @type {any} */ form) => {
      forms.push(form);
      if (forms.length < 3) throw pageError('interrupted');
    },
    pause: async (/** @type {any} */ _, /** @type {number} */ milliseconds) => void pauses.push(milliseconds),
  });
  await flow.accept(photo);
  assert.deepEqual([last()[0], forms.length, pauses], ['result', 3, [1000, 3000]]);
  assert.equal(new Set(forms).size, 3);
  assert.equal(names().filter((name) => name === 'resent').length, 2);
});

test('an upload that breaks off again and again ends in an error that keeps the photo', async () => {
  const { flow, last } = world({ send: async () => Promise.reject(pageError('interrupted')) });
  await flow.accept(photo);
  const [what, error, held, retry] = last();
  assert.deepEqual([what, error.reason, held.file, typeof retry], ['error', 'interrupted', photo, 'function']);
});

test('without a connection, an upload that broke off waits for it', async () => {
  const { flow, last, names } = world({
    online: () => false,
    send: async () => Promise.reject(pageError('interrupted')),
  });
  await flow.accept(photo);
  assert.equal(last()[1].reason, 'offline');
  assert.ok(!names().includes('resent'));
});

test('once the photo has arrived, trying again does not upload it twice', async () => {
  let sent = 0;
  let asked = 0;
  const { flow, last } = world({
    send: async () => void (sent += 1),
    wait: async () => {
      asked += 1;
      if (asked === 1) throw pageError('network');
      return { id: ID, status: 'done' };
    },
  });
  await flow.accept(photo);
  await last()[3]();
  assert.deepEqual([last()[0], sent, asked], ['result', 1, 2]);
  assert.equal(last()[2].file, photo);
});

test('an interrupted upload continues when the connection is back', async () => {
  let connected = false;
  const { flow, last } = world({
    online: () => connected,
    createUpload: async () => {
      if (!connected) throw pageError('network');
      return { id: ID, upload: { url: '', fields: {} }, max_bytes: 1 };
    },
  });
  await flow.accept(photo);
  assert.equal(last()[1].reason, 'offline');
  connected = true;
  flow.resume();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(last()[0], 'result');
});

test('a photo at fault is not tried again, our own fault is', async () => {
  const failed = (/** @type {any} */ error) => world({ wait: async () => ({ id: ID, status: 'failed', error }) });
  const face = failed(FACE_MISSING);
  await face.flow.accept(photo);
  assert.deepEqual([face.last()[1].code, face.last()[1].reason, face.last()[3]], [3, 'no-face', null]);
  const ours = failed({ ...FACE_MISSING, code: 4 });
  await ours.flow.accept(photo);
  assert.equal(typeof ours.last()[3], 'function');
});

test('going home stops what was under way', async () => {
  let stopped = false;
  const send = (/** @type {AbortSignal} */ signal) =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        stopped = true;
        reject(signal.reason);
      }),
    );
  const { flow, last } = world({ send });
  const run = flow.accept(photo);
  await new Promise((resolve) => setTimeout(resolve, 5));
  flow.home();
  await run;
  assert.deepEqual([stopped, last()[0]], [true, 'start']);
});

test('a new photo releases the old preview, and so does deleting', async () => {
  let made = 0;
  const { flow, released } = world({ preview: () => `blob:${(made += 1)}` });
  await flow.accept(photo);
  await flow.accept(photo);
  assert.deepEqual(released, ['blob:1']);
  await flow.remove(ID);
  assert.deepEqual(released, ['blob:1', 'blob:2']);
});

test('deleting what is gone already succeeds; any other failure is reported', async () => {
  const gone = world({ remove: async () => Promise.reject(pageError('not-found')) });
  await gone.flow.remove(ID);
  const broken = world({ remove: async () => Promise.reject(pageError('server')) });
  await assert.rejects(broken.flow.remove(ID), { reason: 'server' });
});

test('another face is asked for with its index and the same photo', async () => {
  const asked = /** @type {number[]} */ ([]);
  const createUpload = async (/** @type {any} */ _, /** @type {any} */ { face }) => {
    asked.push(face);
    return { id: ID, upload: { url: '', fields: {} }, max_bytes: 1 };
  };
  const { flow } = world({ createUpload });
  await flow.accept(photo);
  await flow.anotherFace(2);
  assert.deepEqual(asked, [0, 2]);
});

test('the name is shown at once, and the checks fill in', async () => {
  const wait = async (/** @type {any} */ _, /** @type {string} */ id, /** @type {any} */ { onStage, onNamed }) => {
    onStage('processing', 100);
    onNamed({ id, status: 'named' });
    return { id, status: 'done' };
  };
  const { flow, log } = world({ wait });
  await flow.accept(photo);
  const shown = log.filter(([what]) => what === 'result').map(([, result, held]) => [result.status, held?.url]);
  assert.deepEqual(shown, [['named', 'blob:1'], ['done', 'blob:1']]);
});

test('a connection lost after the name keeps what is shown and continues later', async () => {
  let asked = 0;
  const wait = async (/** @type {any} */ _, /** @type {string} */ id, /** @type {any} */ { onNamed }) => {
    asked += 1;
    if (asked === 1) {
      onNamed({ id, status: 'named' });
      throw pageError('network');
    }
    return { id, status: 'done' };
  };
  const { flow, last, names } = world({ wait });
  await flow.accept(photo);
  assert.deepEqual([last()[0], last()[1].reason], ['interrupted', 'network']);
  const before = names().length;
  flow.resume();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([last()[0], last()[1].status], ['result', 'done']);
  assert.ok(!names().slice(before).includes('progress'), 'the result stays on the page');
});
