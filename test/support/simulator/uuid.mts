import { randomBytes } from 'node:crypto';

/** 100 ns steps between 1582-10-15, where UUID version 1 starts, and 1970. */
const gregorianOffset = 0x01b21dd213814000n;
let lastTick = 0n;

/** The time part of a UUID version 1; never twice the same, so ids of one millisecond differ. */
function nextTick(at: Date): bigint {
	const wanted = BigInt(at.getTime()) * 10_000n + gregorianOffset;
	const sameMillisecond = wanted / 10_000n === lastTick / 10_000n;
	lastTick = sameMillisecond && lastTick % 10_000n < 9_999n ? lastTick + 1n : wanted;
	return lastTick;
}

/**
 * UUID version 1, as event IDs are (docs/vendor-facts.md#event-document): its time is the time of
 * the event.
 */
export function uuidV1(at: Date): string {
	const time = nextTick(at).toString(16).padStart(16, '0');
	const clock = (0x8000 | (randomBytes(2).readUInt16BE() & 0x3fff)).toString(16);
	const parts = [time.slice(8), time.slice(4, 8), `1${time.slice(1, 4)}`, clock];
	return `${parts.join('-')}-${randomNode()}`;
}

/**
 * The ID of the request behind an event: same time, other node, as in the sample of
 * docs/vendor-facts.md#event-document.
 */
export function siblingUuid(id: string): string {
	return id.slice(0, 24) + randomNode();
}

/** Unix milliseconds inside a UUID version 1. */
export function uuidTime(id: string): number {
	const [low = '', middle = '', high = ''] = id.split('-');
	const ticks = BigInt(`0x${high.slice(1)}${middle}${low}`);
	return Number((ticks - gregorianOffset) / 10_000n);
}

function randomNode(): string {
	return randomBytes(6).toString('hex');
}
