/** The list of scenarios that people read is the list that is played. */
import { describe, expect, it } from 'vitest';
import { groups } from './groups.ts';
import { renderPage } from './support/page.ts';

const scenarios = groups.flatMap((group) => group.scenarios);

describe('the list of scenarios', () => {
  it('is what docs/scenarios.md says', async () => {
    const page = renderPage(groups);

    await expect(
      page,
      'docs/scenarios.md is not what the scenarios say; rewrite it with `npm test -- test/scenarios/list.test.ts -u`',
    ).toMatchFileSnapshot('../../docs/scenarios.md');
  });

  it('tells at least 60 of them one by one', () => {
    const told = scenarios.filter(({ cell }) => cell === undefined);

    expect(told.length).toBeGreaterThanOrEqual(60);
  });

  it('tells no two of them by the same title', () => {
    const titles = groups.flatMap((group) => group.scenarios.map(({ title }) => `${group.title}: ${title}`));

    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});
