/**
 * Loaded into the bot and the agents of a world before anything of theirs (`node --import`). It watches what they write
 * down and what they do to a host, and kills them there, by the orders in the file that its address names. The product
 * knows nothing of it.
 */
import fs from 'node:fs';
import { enableCompileCache } from 'node:module';
import { watchAgent } from './preload/agent-points.ts';
import { watchBot } from './preload/bot-points.ts';
import { createKiller, type KillOrders } from './preload/kill.ts';

const file = new URL(import.meta.url).searchParams.get('orders');
if (file === null) throw new Error('the address of this module has to name its orders');
const orders = JSON.parse(fs.readFileSync(file, 'utf8')) as KillOrders;
enableCompileCache(orders.compiled);
const pass = createKiller(orders);
if (process.argv[2] === 'bot') watchBot(pass);
if (process.argv[2] === 'agent') watchAgent(pass);
