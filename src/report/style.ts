/** The style of the page. Every pair of colours has a contrast of at least 4.5, in light and in dark. */
export const style = `:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #1d2433; --quiet: #515a6b; --line: #8a93a3; --raised: #f3f5f8; --mark: #fff4d6;
  --work: #1f6feb; --people: #a35b00; --paused: #5b6474; --stuck: #c4232f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181f; --ink: #e6e9ef; --quiet: #aab3c2; --line: #737d8d; --raised: #1e242e; --mark: #3a2f10;
    --work: #6aa5ff; --people: #f0a850; --paused: #a7b0bf; --stuck: #ff7b82;
  }
}
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 0.3rem 1.2rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 0.8rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; }
caption { text-align: left; color: var(--quiet); padding: 0.2rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
tbody th { font-weight: normal; min-width: 6.5rem; }
tbody td { min-width: 5rem; }
li { overflow-wrap: anywhere; }
.todo { list-style: none; padding: 0; }
.todo li { padding: 0.4rem 0; border-top: 1px solid var(--line); }
article { background: var(--raised); border-left: 4px solid var(--line); padding: 0.6rem 0.9rem; margin: 0.7rem 0; }
article.important { background: var(--mark); border-left-color: var(--people); }
article p, article blockquote { margin: 0.4rem 0 0; overflow-wrap: anywhere; }
article blockquote { padding: 0; }
figure { margin: 0.8rem 0; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 36rem; height: auto; }
svg text { fill: currentColor; font-size: 14px; }
svg .tick { font-size: 12px; text-anchor: middle; fill: var(--quiet); }
svg line { stroke: var(--line); stroke-width: 0.5; }
svg .work { fill: var(--work); } svg .people { fill: var(--people); }
svg .paused { fill: var(--paused); } svg .stuck { fill: var(--stuck); }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.5rem; } }
@media print { article { break-inside: avoid; } }`;
