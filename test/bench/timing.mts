import { randomBytes, randomInt } from 'node:crypto';
import { mean, sampleVariance } from 'simple-statistics';
import type * as Authorization from '../../nodes/CxoneExpert/shared/delivery-token.ts';
import type * as Signature from '../../nodes/CxoneExpert/shared/signature.ts';
import { figuresTable } from '../support/figures-table.mts';
import { loadBuilt } from './builds.mts';

/*
 * Does the time of a refusal tell how much of a guess was right? As dudect does it: guesses whose
 * first bytes match, 0 of them against some or all but one, in random order, each timed alone; the
 * slowest tenth is cropped (that is the machine, not the code), and Welch's t-test compares the rest.
 * A |t| above 4.5 counts as a leak, as in dudect. The same test on a comparison that stops at the
 * first wrong byte must find it, or the test would prove nothing.
 */

const { isSameAuthorization } = loadBuilt('./shared/delivery-token.js') as typeof Authorization;
const { isSignedWithAny, readSignatures, sign } = loadBuilt(
	'./shared/signature.js',
) as typeof Signature;

const LEAK = 4.5;
const CROPPED = 0.1;

const TIMESTAMP = '1769792386';
const BODY = Buffer.from('<event type="page:create"/>');
const SECRET = randomBytes(16).toString('hex');
const SIGNATURE = sign(SECRET, TIMESTAMP, BODY);
const AUTHORIZATION = `Bearer ${randomBytes(24).toString('base64url')}`;
const TOKEN = Buffer.from(AUTHORIZATION, 'latin1');

/** Something that takes a guess and refuses it. Preparing the guess is not timed. */
interface Subject {
	name: string;
	secret: Buffer;
	prepare: (guess: Buffer) => () => unknown;
	/** The test must find a leak here: it proves that it can. */
	isControl?: boolean;
}

const subjects: Subject[] = [
	{
		name: 'a wrong signature',
		secret: SIGNATURE,
		prepare: (guess) => {
			const signatures = readSignatures(`sha256=${guess.toString('hex')}`);
			return () => isSignedWithAny([SECRET], { timestamp: TIMESTAMP, signatures }, BODY);
		},
	},
	{
		name: 'control: a signature, stopping at the first wrong byte',
		secret: SIGNATURE,
		isControl: true,
		prepare: (guess) => () => stopsEarly(guess, sign(SECRET, TIMESTAMP, BODY)),
	},
	{
		name: 'a wrong Authorization',
		secret: TOKEN,
		prepare: (guess) => {
			const received = guess.toString('latin1');
			return () => isSameAuthorization(received, AUTHORIZATION);
		},
	},
	{
		name: 'control: an Authorization, stopping at the first wrong byte',
		secret: TOKEN,
		isControl: true,
		prepare: (guess) => {
			const received = guess.toString('latin1');
			return () => stopsEarly(Buffer.from(received, 'latin1'), TOKEN);
		},
	},
];

/** Whether it is as it should be is the exit code. */
export function benchTiming(samples: number): void {
	const results = subjects.map((subject) => {
		// Compiled before it counts.
		timesOf(subject, Math.ceil(samples / 20));
		return { subject, ...compare(timesOf(subject, samples)) };
	});
	const rows = results.map(({ subject, largestT, visibleFromNs }) => ({
		refused: subject.name,
		'largest |t|': largestT,
		'a difference is seen from, ns': visibleFromNs,
		leaks: largestT > LEAK ? 'yes' : 'no',
	}));
	console.log(figuresTable(rows));
	const isGood = results.every(
		({ subject, largestT }) => largestT > LEAK === (subject.isControl ?? false),
	);
	if (!isGood)
		console.log('\nNot as it should be. On a busy machine, try again with more samples.');
	process.exitCode = isGood ? 0 : 1;
}

/** What must not be done. */
function stopsEarly(guess: Uint8Array, secret: Uint8Array): boolean {
	for (let i = 0; i < secret.length; i++) if (guess[i] !== secret[i]) return false;
	return true;
}

/** How many leading bytes of the guesses are right. */
function matchesOf(secret: Buffer): number[] {
	return [0, 1, 16, secret.length - 1];
}

/** So many bytes are right, the next is not, the rest is random. */
function guessOf(secret: Buffer, matching: number): Buffer {
	const guess = Buffer.from(randomBytes(secret.length).map((byte) => 0x21 + (byte % 0x5e)));
	secret.copy(guess, 0, 0, matching);
	while (guess[matching] === secret[matching]) guess[matching] = 0x21 + randomInt(0x5e);
	return guess;
}

/** Nanoseconds, by how many leading bytes were right. */
function timesOf({ secret, prepare }: Subject, samples: number): number[][] {
	const matches = matchesOf(secret);
	const times: number[][] = matches.map(() => []);
	for (let i = 0; i < samples; i++) {
		// All are made each time and the chosen one is copied: nothing else may differ between them.
		const guesses = matches.map((bytes) => guessOf(secret, bytes));
		const which = randomInt(matches.length);
		const run = prepare(Buffer.from(guesses[which]!));
		const start = process.hrtime.bigint();
		run();
		times[which]!.push(Number(process.hrtime.bigint() - start));
	}
	return times;
}

/** Each group against the one of which no byte was right. */
function compare(times: number[][]) {
	const all = times.flat().sort((a, b) => a - b);
	const limit = all[Math.floor(all.length * (1 - CROPPED))]!;
	const [first, ...others] = times.map((group) => {
		const values = group.filter((time) => time <= limit);
		return { mean: mean(values), error: sampleVariance(values) / values.length };
	});
	const compared = others.map((group) => {
		const error = Math.sqrt(first!.error + group.error);
		return { t: Math.abs(group.mean - first!.mean) / error, visible: LEAK * error };
	});
	return {
		largestT: Math.max(...compared.map(({ t }) => t)),
		visibleFromNs: Math.max(...compared.map(({ visible }) => visible)),
	};
}
