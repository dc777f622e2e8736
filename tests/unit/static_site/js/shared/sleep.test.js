import assert from 'node:assert/strict';
import test from 'node:test';
import { sleep } from '../../../../../static_site/js/shared/sleep.js';

test('an abort ends a sleep', async () => {
  const controller = new AbortController();
  const sleeping = sleep(controller.signal, 60_000);
  controller.abort();
  await assert.rejects(sleeping, { name: 'AbortError' });
  await assert.rejects(sleep(controller.signal, 0), { name: 'AbortError' });
});
