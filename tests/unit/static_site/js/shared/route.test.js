import assert from 'node:assert/strict';
import test from 'node:test';
import { idOf, linkTo, namesResult } from '../../../../../static_site/js/shared/route.js';

const ID = '0123456789abcdef0123456789abcdef';

test('an id stands behind the # or in ?id=', () => {
  assert.equal(idOf({ hash: `#${ID}`, search: '' }), ID);
  assert.equal(idOf({ hash: '', search: `?id=${ID}` }), ID);
  assert.equal(idOf({ hash: '', search: '' }), null);
});

test('a damaged id is none, but the address still names something', () => {
  const cut = { hash: `#${ID.slice(1)}`, search: '' };
  assert.equal(idOf(cut), null);
  assert.ok(namesResult(cut));
  assert.equal(idOf({ hash: '', search: '?id=../secret' }), null);
  assert.ok(!namesResult({ hash: '', search: '?utm=x' }));
});

test('the link leads back to the id', () => {
  const link = new URL(linkTo({ origin: 'https://brain.example', pathname: '/' }, ID));
  assert.equal(idOf(link), ID);
});
