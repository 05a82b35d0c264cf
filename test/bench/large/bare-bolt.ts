/** What acknowledgements are measured against: a Bolt app that does nothing but acknowledge. Sends its port to its parent. */
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { botToken, signingSecret } from '../../local-slack/world.ts';
import { endWithParent } from './watched.ts';

const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR });
const identity = { botToken, botId: 'B1', botUserId: 'U9', teamId: 'T1' };
const app = new App({ receiver, authorize: () => Promise.resolve(identity), logLevel: LogLevel.ERROR });
app.command('/aurora', ({ ack }) => ack());
const server = await receiver.start({ port: 0, host: '127.0.0.1' });
endWithParent();
process.send?.((server.address() as AddressInfo).port);
