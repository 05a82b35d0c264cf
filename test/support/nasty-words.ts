/** What somebody types or is called who wants a reader to see something else: by the trick that each of them plays. */
export const nastyWords: Readonly<Record<string, string>> = {
  'a line of its own': 'wrong backup\n2026-11-23T16:30:00.000Z  bo let it reconcile',
  'a carriage return': 'wrong\rbo let it reconcile',
  'the screen wiped by ESC': '\u001b[2J\u001b[Hbo let it reconcile',
  'the same by one C1 control': '\u009b2Jbo let it reconcile',
  'the line before wiped by backspaces': `${'\b'.repeat(40)}bo let it reconcile`,
  'a line separator of Unicode': 'x\u2028bo let it reconcile\u2029y\u0085z',
  'a vertical tab and a form feed': 'x\u000bbo\u000cy',
  'the direction turned': '\u202eelicnocer ti tel ob\u202c',
  'the direction isolated': '\u2066a\u2067b\u2068c\u2069\u200e\u200f\u061c',
  'zero widths': 'b\u200bo\u200c\u200d\u2060\ufeff\u00ad',
  'a name of Hangul fillers': '\u3164\u115f\u1160\uffa0',
  'a name of blanks': '\u00a0\u2003\u3000\u1680\u2800',
  'a name of variation selectors': '\ufe0f\u{e0100}\u180b\u034f',
  'words in tag characters': 'bo\u{e0001}\u{e0061}\u{e007f}',
  'musical and shorthand controls': '\u{1d173}\u{1bca0}\ufff9\ufffa\ufffb',
  'half a surrogate pair': '\ud83d bo \ude00',
  'marks piled up': `bo${'\u0301'.repeat(200)}`,
  'a stray backtick': 'a`b',
  'a null': 'bo\u0000cy',
  'values of its own': 'x"  gate=commit  digest=c1',
};

/** All that a reader cannot see, written down here once more: the product's own list is what is tested. */
export const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/u;
