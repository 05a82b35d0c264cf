import { describe, expect, test } from 'vitest';
import { addressOf } from '../../src/agent/bounded-connections.ts';
import { createConnectionPool } from '../../src/aurora/connection-pool.ts';

describe('a pool of connections', () => {
  test('takes new ones in, and the longest idle of the same key makes room', () => {
    const pool = createConnectionPool<string>({ all: 10, each: 2 });

    const left = ['a1', 'a2', 'a3', 'a4'].map((name) => pool.enter(name, 'a'));

    expect(left).toEqual([null, null, 'a1', 'a2']);
  });

  test('lets the key that has most make room when all are full, and nobody else', () => {
    const pool = createConnectionPool<string>({ all: 4, each: 3 });
    pool.enter('bot', 'bot');
    for (const name of ['x1', 'x2', 'x3']) pool.enter(name, 'x');

    expect(pool.enter('y1', 'y')).toBe('x1');
    expect(pool.enter('y2', 'y')).toBe('x2');
  });

  test('ends none that is at work', () => {
    const pool = createConnectionPool<string>({ all: 2, each: 2 });
    pool.enter('a1', 'a');
    pool.enter('a2', 'a');
    pool.setBusy('a1', true);

    expect(pool.enter('a3', 'a')).toBe('a2');
    pool.setBusy('a3', true);
    expect(pool.enter('a4', 'a')).toBe('a4');
    pool.setBusy('a1', false);
    expect(pool.enter('a5', 'a')).toBe('a1');
  });

  test('has room again for each that leaves, and forgets them', () => {
    const pool = createConnectionPool<string>({ all: 1, each: 1 });

    const left = Array.from({ length: 3 }, (_, number) => {
      const victim = pool.enter(String(number), 'a');
      pool.leave(String(number));
      pool.leave('never there');
      return victim;
    });

    expect(left).toEqual([null, null, null]);
  });
});

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('the address %s counts as %s', (remoteAddress, expected) => {
  expect(addressOf({ remoteAddress })).toBe(expected);
});
