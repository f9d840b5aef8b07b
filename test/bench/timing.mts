import { randomBytes, randomInt } from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { mean, sampleVariance } from 'simple-statistics';
import { Connections, send } from '../support/http.mts';
import type * as Authorization from '../../nodes/CxoneExpert/shared/delivery-token.ts';
import type { Headers } from '../../nodes/CxoneExpert/shared/delivery-headers.ts';
import type * as Signature from '../../nodes/CxoneExpert/shared/signature.ts';
import type * as Verify from '../../nodes/CxoneExpert/trigger/delivery/verify.ts';

/*
 * Does the time of a refusal tell how much of a guess was right? As dudect does it: guesses whose
 * first bytes match, 0 of them against some or all but one, in random order, each timed alone; the
 * slowest tenth is cropped (that is the machine, not the code), and Welch's t-test compares the rest.
 * A |t| above 4.5 counts as a leak, as in dudect. The same test on a comparison that stops at the
 * first wrong byte must find it, or the test would prove nothing.
 */

// What users run: the built files.
const built = createRequire(import.meta.url);
const folder = '../../dist/nodes/CxoneExpert';
const { isSameAuthorization } = built(`${folder}/shared/delivery-token.js`) as typeof Authorization;
const { parseHeaders } = built(`${folder}/trigger/delivery/verify.js`) as typeof Verify;
const { isSignedWithAny, sign } = built(`${folder}/shared/signature.js`) as typeof Signature;

const LEAK = 4.5;
const CROPPED = 0.1;

const { values: args } = parseArgs({
	options: { samples: { type: 'string', default: '400000' }, http: { type: 'string' } },
});
const SAMPLES = Number(args.samples);
const REQUESTS = Number(args.http ?? Math.ceil(SAMPLES / 20));

const TIMESTAMP = '1769792386';
const SIGNED_AT = Number(TIMESTAMP) * 1000;
const BODY = Buffer.from('<event type="page:create"/>');
const AUTHORIZATION = `Bearer ${randomBytes(24).toString('base64url')}`;
const SECRET = randomBytes(16).toString('hex');
const PARAMETERS = { verifySignature: true, maxDeliveryAgeSeconds: 3600 };
const SIGNATURE = sign(SECRET, TIMESTAMP, BODY);
const TOKEN = Buffer.from(AUTHORIZATION, 'latin1');

/** Something that takes a guess and refuses it. Preparing the guess is not timed. */
interface Subject {
	name: string;
	secret: Buffer;
	/** How many leading bytes of the guesses match; the first is what the others are compared with. */
	matching: number[];
	prepare: (guess: Buffer) => () => unknown;
	/** Whether the test must find a leak here: it proves that it can. */
	isControl: boolean;
}

function headersWith(authorization: string, signature: Buffer): Headers {
	return {
		authorization,
		'x-nexus-timestamp': TIMESTAMP,
		'x-nexus-delivery-id': 'timing',
		'x-nexus-signature-256': `sha256=${signature.toString('hex')}`,
	};
}

/** What must not be done: stops at the first byte that differs. */
function stopsEarly(guess: Uint8Array, secret: Uint8Array): boolean {
	for (let i = 0; i < secret.length; i++) if (guess[i] !== secret[i]) return false;
	return true;
}

const signatureMatches = [0, 1, 16, 31];
const tokenMatches = [0, 1, 16, TOKEN.length - 1];

const subjects: Subject[] = [
	{
		name: 'isSignedWithAny, a wrong signature',
		secret: SIGNATURE,
		matching: signatureMatches,
		isControl: false,
		prepare: (guess) => {
			const parsed = parseHeaders(headersWith(AUTHORIZATION, guess), PARAMETERS, SIGNED_AT);
			if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
			return () => isSignedWithAny([SECRET], parsed.value, BODY);
		},
	},
	{
		name: 'control: the same, stopping at the first wrong byte',
		secret: SIGNATURE,
		matching: signatureMatches,
		isControl: true,
		prepare: (guess) => () => stopsEarly(guess, sign(SECRET, TIMESTAMP, BODY)),
	},
	{
		name: 'isSameAuthorization, a wrong Authorization',
		secret: TOKEN,
		matching: tokenMatches,
		isControl: false,
		prepare: (guess) => {
			const headers = headersWith(guess.toString('latin1'), SIGNATURE);
			return () => isSameAuthorization(headers.authorization, AUTHORIZATION);
		},
	},
	{
		name: 'control: the same, stopping at the first wrong byte',
		secret: TOKEN,
		matching: tokenMatches,
		isControl: true,
		prepare: (guess) => {
			const received = guess.toString('latin1');
			return () => stopsEarly(Buffer.from(received, 'latin1'), TOKEN);
		},
	},
];

/** A wrong guess: so many bytes are right, the next is not, the rest is random. */
function guessOf(secret: Buffer, matching: number): Buffer {
	const guess = Buffer.from(randomBytes(secret.length).map((byte) => 0x21 + (byte % 0x5e)));
	secret.copy(guess, 0, 0, matching);
	while (guess[matching] === secret[matching]) guess[matching] = 0x21 + randomInt(0x5e);
	return guess;
}

async function timesOf(
	{ secret, matching }: Pick<Subject, 'secret' | 'matching'>,
	samples: number,
	time: (guess: Buffer) => Promise<number> | number,
): Promise<number[][]> {
	const times: number[][] = matching.map(() => []);
	for (let i = 0; i < samples; i++) {
		// All are made each time and the chosen one is copied: nothing else may differ between them.
		const guesses = matching.map((bytes) => guessOf(secret, bytes));
		const which = randomInt(matching.length);
		const taken = time(Buffer.from(guesses[which]!));
		times[which]!.push(typeof taken === 'number' ? taken : await taken);
	}
	return times;
}

function compare(
	{ name, matching, isControl }: Omit<Subject, 'prepare'>,
	times: number[][],
	unit: number,
): boolean {
	const all = times.flat().sort((a, b) => a - b);
	const limit = all[Math.floor(all.length * (1 - CROPPED))]!;
	const groups = times.map((group) => statisticsOf(group.filter((time) => time <= limit)));
	const first = groups[0]!;
	console.log(
		`\n${name} (${all.length} samples, middle ${(all[all.length >> 1]! / unit).toFixed(2)})`,
	);
	const leaks = groups.slice(1).map((group, index) => {
		const error = Math.sqrt(first.variance / first.count + group.variance / group.count);
		const t = (group.mean - first.mean) / error;
		const difference = ((group.mean - first.mean) / unit).toFixed(4);
		const visible = ((LEAK * error) / unit).toFixed(4);
		const leak = Math.abs(t) > LEAK;
		console.log(
			`  ${String(matching[index + 1]).padStart(2)} bytes right against ${matching[0]}: t = ${t.toFixed(2).padStart(7)}, difference ${difference} (visible from ${visible}): ${leak ? 'LEAK' : 'none seen'}`,
		);
		return leak;
	});
	const isRight = leaks.some(Boolean) === isControl;
	if (!isRight)
		console.log(isControl ? '  The test is too blunt: it missed the leak.' : '  It leaks.');
	return isRight;
}

function statisticsOf(values: number[]) {
	return { count: values.length, mean: mean(values), variance: sampleVariance(values) };
}

async function inProcess(subject: Subject): Promise<boolean> {
	const time = (guess: Buffer) => {
		const run = subject.prepare(guess);
		const start = process.hrtime.bigint();
		run();
		return Number(process.hrtime.bigint() - start);
	};
	// Compiled before it counts.
	await timesOf(subject, Math.ceil(SAMPLES / 20), time);
	return compare(subject, await timesOf(subject, SAMPLES, time), 1000);
}

/** Over HTTP a control that stops early is too quick to be seen, as it would be for a forger. */
const MICROSECONDS_PER_BYTE = 20;

function refuse(request: http.IncomingMessage, body: Buffer): void {
	if (!isSameAuthorization(request.headers.authorization, AUTHORIZATION)) return;
	const parsed = parseHeaders(request.headers, PARAMETERS, SIGNED_AT);
	if (parsed.ok) isSignedWithAny([SECRET], parsed.value, body);
}

function refuseSlowly(request: http.IncomingMessage): void {
	const guess = Buffer.from(String(request.headers['x-nexus-signature-256']).slice(7), 'hex');
	for (let i = 0; i < SIGNATURE.length && guess[i] === SIGNATURE[i]; i++) {
		const until = performance.now() + MICROSECONDS_PER_BYTE / 1000;
		while (performance.now() < until);
	}
}

async function overHttp(): Promise<boolean[]> {
	const server = http.createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			if (request.url === '/control') refuseSlowly(request);
			else refuse(request, Buffer.concat(parts));
			response.writeHead(401, { 'Content-Length': '0' }).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const connections = new Connections({ keepAlive: true });

	const roundTrip = async (path: string, headers: Headers): Promise<number> => {
		const url = `http://127.0.0.1:${port}${path}`;
		const request = { headers: headers as Record<string, string>, body: BODY, connections };
		const start = process.hrtime.bigint();
		await send(url, { method: 'POST', ...request });
		return Number(process.hrtime.bigint() - start);
	};
	const signature = { secret: SIGNATURE, matching: signatureMatches };
	const token = { secret: TOKEN, matching: tokenMatches };
	const cases: Array<Omit<Subject, 'prepare'> & { send: (guess: Buffer) => Promise<number> }> = [
		{
			...signature,
			name: 'HTTP, a wrong signature',
			isControl: false,
			send: async (guess) => await roundTrip('/', headersWith(AUTHORIZATION, guess)),
		},
		{
			...token,
			name: 'HTTP, a wrong Authorization',
			isControl: false,
			send: async (guess) => await roundTrip('/', headersWith(guess.toString('latin1'), SIGNATURE)),
		},
		{
			...signature,
			name: `control: HTTP, ${MICROSECONDS_PER_BYTE} µs for each right byte`,
			isControl: true,
			send: async (guess) => await roundTrip('/control', headersWith('Bearer x', guess)),
		},
	];
	const verdicts: boolean[] = [];
	for (const { send, ...subject } of cases) {
		await timesOf(subject, Math.ceil(REQUESTS / 10), send);
		verdicts.push(compare(subject, await timesOf(subject, REQUESTS, send), 1000));
	}
	await connections.close();
	server.close();
	return verdicts;
}

console.log('All times in microseconds of wall clock, of this machine as it is.');
const verdicts: boolean[] = [];
for (const subject of subjects) verdicts.push(await inProcess(subject));
verdicts.push(...(await overHttp()));
const isGood = verdicts.every(Boolean);
console.log(
	isGood
		? '\nNo refusal tells by its time how much of a guess was right; each control was found out.'
		: '\nNot as it should be: see above. On a busy machine, try again with more samples.',
);
process.exitCode = isGood ? 0 : 1;
