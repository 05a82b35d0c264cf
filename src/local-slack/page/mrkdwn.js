// One reader of Slack's markup for the page and for the plain text of transcripts. It only ever returns a tree of nodes;
// whoever draws it makes text nodes, so nothing a message says can become markup of ours.

/** Entities are decoded exactly once, here. */
const decode = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Reads mrkdwn into nodes. Nothing throws: what is not markup is text. */
export function parseMrkdwn(source) {
  const nodes = [];
  const fences = source.split('```');
  fences.forEach((part, index) => {
    const closed = index % 2 === 1 && index < fences.length - 1;
    if (closed) {
      nodes.push({ type: 'pre', text: decode(part.replace(/^\n/, '').replace(/\n$/, '')) });
      return;
    }
    const text = index % 2 === 1 ? `\`\`\`${part}` : part;
    const afterPre = index > 0 && index % 2 === 0;
    nodes.push(...parseLines(afterPre ? text.replace(/^\n/, '') : text));
  });
  return nodes;
}

/** Quoted lines together, everything else inline. */
function parseLines(source) {
  const nodes = [];
  let plain = [];
  let quoted = [];
  const flushPlain = () => {
    if (plain.length > 0) nodes.push(...parseInline(plain.join('\n')));
    plain = [];
  };
  const flushQuote = () => {
    if (quoted.length > 0) nodes.push({ type: 'quote', children: parseInline(quoted.join('\n')) });
    quoted = [];
  };
  for (const line of source.split('\n')) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) {
      flushPlain();
      quoted.push(quote[1]);
    } else {
      flushQuote();
      plain.push(line);
    }
  }
  flushPlain();
  flushQuote();
  return nodes;
}

const styles = { '*': 'bold', _: 'italic', '~': 'strike' };
const isWord = (char) => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/** Reads one run of text without fences and quotes. */
export function parseInline(source) {
  const nodes = [];
  let text = '';
  const flush = () => {
    if (text !== '') nodes.push({ type: 'text', text: decode(text) });
    text = '';
  };
  const add = (node, next) => {
    flush();
    nodes.push(node);
    return next;
  };
  let at = 0;
  while (at < source.length) {
    const char = source[at];
    if (char === '<') {
      const end = source.indexOf('>', at);
      const token = end < 0 ? null : parseToken(source.slice(at + 1, end));
      if (token) {
        at = add(token, end + 1);
        continue;
      }
    } else if (char === '`') {
      const end = source.indexOf('`', at + 1);
      const inner = end < 0 ? '' : source.slice(at + 1, end);
      if (inner !== '' && !inner.includes('\n')) {
        at = add({ type: 'code', text: decode(inner) }, end + 1);
        continue;
      }
    } else if (styles[char] && !isWord(source[at - 1])) {
      const end = findClosing(source, at);
      if (end > 0) {
        at = add({ type: styles[char], children: parseInline(source.slice(at + 1, end)) }, end + 1);
        continue;
      }
    } else if (char === ':') {
      const emoji = /^:([a-z0-9_+-]+):/.exec(source.slice(at, at + 40));
      if (emoji) {
        at = add({ type: 'emoji', name: emoji[1] }, at + emoji[0].length);
        continue;
      }
    }
    text += char;
    at += 1;
  }
  flush();
  return nodes;
}

/** The same mark again, after something that is not a blank and before something that is not a word; tokens and code are skipped. */
function findClosing(source, start) {
  const mark = source[start];
  if (source[start + 1] === undefined || /\s/.test(source[start + 1]) || source[start + 1] === mark)
    return -1;
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\n') return -1;
    if (char === '<' || char === '`') {
      const end = source.indexOf(char === '<' ? '>' : '`', at + 1);
      if (end > 0) at = end;
    } else if (char === mark && !/\s/.test(source[at - 1]) && !isWord(source[at + 1])) return at;
  }
  return -1;
}

/** What stands between `<` and `>`. Anything unknown is not a token and stays text. */
function parseToken(token) {
  const bar = token.indexOf('|');
  const body = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? null : decode(token.slice(bar + 1));
  const user = /^@([UW][A-Z0-9]+)$/.exec(body);
  if (user) return { type: 'user', id: user[1], label };
  const channel = /^#([CGD][A-Z0-9]+)$/.exec(body);
  if (channel) return { type: 'channel', id: channel[1], label };
  const group = /^!subteam\^(S[A-Z0-9]+)$/.exec(body);
  if (group) return { type: 'usergroup', id: group[1], label };
  const broadcast = /^!(here|channel|everyone)$/.exec(body);
  if (broadcast) return { type: 'broadcast', range: broadcast[1] };
  const date = /^!date\^(-?\d+)\^([^^]+)(?:\^(.*))?$/.exec(body);
  if (date)
    return {
      type: 'date',
      timestamp: Number(date[1]),
      format: decode(date[2]),
      url: safeUrl(date[3] ?? ''),
      fallback: label ?? '',
    };
  const url = safeUrl(decode(body));
  return url === null ? null : { type: 'link', url, label: label ?? url.replace(/^mailto:/, '') };
}

/** http, https and mailto links are links; everything else is text. */
export function safeUrl(url) {
  return /^(https?:\/\/|mailto:)/i.test(url) && URL.canParse(url) ? url : null;
}

const pad = (value) => String(value).padStart(2, '0');
const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** A date token's format filled in, in UTC when `utc`, else in the reader's own time zone; `now` is for `{ago}`. */
export function formatDate(timestamp, format, { utc = false, now = Date.now() } = {}) {
  const date = new Date(timestamp * 1000);
  const get = (part) => (utc ? date[`getUTC${part}`]() : date[`get${part}`]());
  const [year, month, day, weekday] = [get('FullYear'), get('Month'), get('Date'), get('Day')];
  const short = `${months[month].slice(0, 3)} ${day}, ${year}`;
  const long = `${weekdays[weekday]}, ${months[month]} ${day}, ${year}`;
  const time = `${pad(get('Hours'))}:${pad(get('Minutes'))}`;
  const known = {
    date_num: `${year}-${pad(month + 1)}-${pad(day)}`,
    date_slash: `${pad(month + 1)}/${pad(day)}/${year}`,
    date: `${months[month]} ${day}, ${year}`,
    date_pretty: `${months[month]} ${day}, ${year}`,
    date_short: short,
    date_short_pretty: short,
    date_long: long,
    date_long_pretty: long,
    date_long_full: long,
    day_divider_pretty: long,
    time,
    time_secs: `${time}:${pad(get('Seconds'))}`,
    ago: formatAgo((now - date.getTime()) / 1000),
  };
  return format.replace(/\{([a-z_]+)\}/g, (whole, name) => known[name] ?? whole);
}

function formatAgo(seconds) {
  const size = Math.abs(seconds);
  const [value, unit] =
    size < 60
      ? [size, 'second']
      : size < 3600
        ? [size / 60, 'minute']
        : size < 86_400
          ? [size / 3600, 'hour']
          : [size / 86_400, 'day'];
  const count = Math.max(0, Math.floor(value));
  if (size < 1) return 'just now';
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
}
