import { describe, expect, test } from 'vitest';
import { parseMrkdwn } from '../../src/local-slack/page/mrkdwn.js';
import { renderMessageText, renderMrkdwn } from '../../src/local-slack/plain-text.ts';

const names = {
  user: (id: string) => ({ U0BO: 'bo' })[id],
  usergroup: (id: string) => ({ S0ON: 'aurora-oncall' })[id],
};

describe('renderMrkdwn()', () => {
  test.each([
    ['*bold* _italic_ ~struck~ `code`', 'bold italic struck code'],
    ['2 * 3 * 4 and snake_case_name', '2 * 3 * 4 and snake_case_name'],
    ['hello <@U0BO>, <@U0NO>, <!subteam^S0ON>', 'hello @bo, @U0NO, @aurora-oncall'],
    ['<https://a.example/x?a=1&amp;b=2|the record> <https://b.example>', 'the record https://b.example'],
    ['<!here> and <!channel>', '@here and @channel'],
    ['&lt;!channel&gt; &amp;amp;', '<!channel> &amp;'],
    ['at <!date^1764000000^{time}|16:00>', 'at 16:00'],
    ['at <!date^1764000000^{date_num} {time_secs}|>', 'at 2025-11-24 16:00:00'],
    ['&gt; quoted\nnot', '> quoted\nnot'],
    ['```\na *b*\n```', 'a *b*'],
    ['`a *b* <@U0BO>`', 'a *b* <@U0BO>'],
    ['*a `*` b*', 'a * b'],
    ['an unclosed ```fence', 'an unclosed ```fence'],
    ['<javascript:alert(1)|click>', '<javascript:alert(1)|click>'],
    ['< 3 and > 4', '< 3 and > 4'],
  ])('%j reads as %j', (source, expected) => {
    expect(renderMrkdwn(source, names)).toBe(expected);
  });

  test('only http, https and mailto become links', () => {
    const kinds = ['https://a', 'http://a', 'mailto:a@b', 'ftp://a', 'data:text/html,x', '/x'].map((url) =>
      parseMrkdwn(`<${url}|x>`).some((node) => node.type === 'link'),
    );

    expect(kinds).toEqual([true, true, true, false, false, false]);
  });
});

describe('renderMessageText()', () => {
  test('blocks win over text, controls are in brackets, files at the end', () => {
    const text = renderMessageText(
      {
        text: 'fallback',
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: 'Restore of east' } },
          {
            type: 'section',
            text: { type: 'mrkdwn', text: '*Proposed* by <@U0BO>' },
            accessory: {
              type: 'button',
              action_id: 'plan',
              text: { type: 'plain_text', text: 'Full plan' },
            },
          },
          { type: 'divider' },
          { type: 'context', elements: [{ type: 'mrkdwn', text: '○ Check hosts' }] },
          {
            type: 'actions',
            elements: [
              { type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'Approve' } },
              { type: 'button', action_id: 'd', text: { type: 'plain_text', text: 'Decline…' } },
            ],
          },
          {
            type: 'rich_text',
            elements: [
              {
                type: 'rich_text_list',
                style: 'ordered',
                elements: [
                  { type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] },
                  { type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U0BO' }] },
                ],
              },
            ],
          },
          {
            type: 'table',
            rows: [
              [
                { type: 'raw_text', text: 'age' },
                { type: 'raw_text', text: 'where' },
              ],
              [
                { type: 'raw_text', text: '14 min' },
                { type: 'raw_text', text: 'aurora-2' },
              ],
            ],
          },
        ],
        files: [{ name: 'tasks.txt' }],
      },
      names,
    );

    expect(text).toBe(
      [
        'Restore of east',
        'Proposed by @bo [Full plan]',
        '---',
        '○ Check hosts',
        '[Approve] [Decline…]',
        '1. one',
        '2. @bo',
        'age    | where',
        '14 min | aurora-2',
        '[file: tasks.txt]',
      ].join('\n'),
    );
  });

  test('without blocks, or with blocks that are not valid, the text is shown', () => {
    expect(renderMessageText({ text: '*hi*' })).toBe('hi');
    expect(renderMessageText({ text: 'hi', blocks: [{ type: 'nonsense' }] })).toBe('hi');
  });
});
