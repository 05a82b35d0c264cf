import type { SlackRules } from '../limits.ts';
import { RateLimited } from '../refusal.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets: one per method, and one per channel for posting. */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();
  private readonly now: () => number;
  private readonly rules: SlackRules;

  constructor(now: () => number, rules: SlackRules) {
    this.now = now;
    this.rules = rules;
  }

  /** Takes one call; throws `RateLimited` when the bucket is empty. */
  take(call: { method: string; tier: 1 | 2 | 3 | 4 | 'special'; channel: string | undefined }): void {
    if (call.tier === 'special' && call.method !== 'chat.postMessage') return;
    const scale = this.rules.rateScale;
    const perMinute = call.tier === 'special' ? 0 : (this.rules.tierPerMinute[call.tier - 1] ?? 1) * scale;
    if (call.tier === 'special')
      this.drain(`post ${call.channel ?? ''}`, {
        capacity: this.rules.postBurst * scale,
        perSecond: this.rules.postsPerSecond * scale,
      });
    else this.drain(call.method, { capacity: perMinute, perSecond: perMinute / 60 });
  }

  private drain(name: string, rate: { capacity: number; perSecond: number }): void {
    const now = this.now();
    const bucket = this.buckets.get(name) ?? { tokens: rate.capacity, at: now };
    this.buckets.set(name, bucket);
    bucket.tokens = Math.min(rate.capacity, bucket.tokens + ((now - bucket.at) / 1000) * rate.perSecond);
    bucket.at = now;
    if (bucket.tokens < 1)
      throw new RateLimited(Math.max(1, Math.ceil((1 - bucket.tokens) / rate.perSecond)));
    bucket.tokens -= 1;
  }
}
