import type { z } from 'zod';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import type { SocketHub } from '../delivery/socket-hub.ts';
import type { Workspace } from '../state/workspace.ts';
import type { WebApi } from '../web-api.ts';
import type { faultRequest } from './requests.ts';

/** The bad days of Slack, on demand. */
export class Faults {
  private readonly workspace: Workspace;
  private readonly hub: SocketHub;
  private readonly dispatcher: Dispatcher;
  private readonly webApi: WebApi;
  private readonly delivery: 'socket' | 'http';
  private down = false;

  constructor(parts: {
    workspace: Workspace;
    hub: SocketHub;
    dispatcher: Dispatcher;
    webApi: WebApi;
    delivery: 'socket' | 'http';
  }) {
    this.workspace = parts.workspace;
    this.hub = parts.hub;
    this.dispatcher = parts.dispatcher;
    this.webApi = parts.webApi;
    this.delivery = parts.delivery;
  }

  get isDown(): boolean {
    return this.down;
  }

  read() {
    return {
      down: this.down,
      connections: this.hub.open,
      delivery: this.delivery,
      faults: {
        slow_ack_ms: this.hub.faults.slowAckMs,
        duplicate_deliveries: this.dispatcher.duplicateNext,
        fail: this.webApi.faults.map(({ method, times, how }) => ({ method, times, how })),
      },
    };
  }

  set(request: z.infer<typeof faultRequest>): void {
    if (request.clear === true) this.clear();
    if (request.slow_ack_ms !== undefined) this.hub.faults.slowAckMs = request.slow_ack_ms;
    if (request.duplicate_deliveries !== undefined)
      this.dispatcher.duplicateNext = request.duplicate_deliveries;
    if (request.fail !== undefined) {
      const { retry_after_s, ...fault } = request.fail;
      this.webApi.faults.push({ ...fault, retryAfterSeconds: retry_after_s });
    }
    if (request.drop_sockets === true) this.hub.drop();
    if (request.disconnect !== undefined) this.hub.requestDisconnect(request.disconnect);
    if (request.deactivate !== undefined)
      this.workspace.setDeleted(request.deactivate.user, request.deactivate.deleted);
    if (request.down !== undefined) this.setDown(request.down);
  }

  private clear(): void {
    this.hub.faults.slowAckMs = 0;
    this.dispatcher.duplicateNext = 0;
    this.webApi.faults.splice(0);
    this.setDown(false);
  }

  private setDown(down: boolean): void {
    if (this.down === down) return;
    this.down = down;
    if (down) this.hub.drop();
    this.workspace.feed.append({ type: 'connections', open: this.hub.open, down });
  }
}
