/** Last step of `npm run build`: what the compiler leaves behind, the page of the local Slack, goes beside its server. */
import { cp } from 'node:fs/promises';

const page = 'src/drill/slack/page';
await cp(page, `dist/${page}`, { recursive: true });
