/** A request as lines of text, to be spoiled line by line. */
export interface RawRequest {
	path: string;
	lines: string[];
	body: Buffer;
	deliveryId: string;
}

/** Something done to a genuine request, and the one response it may get. */
export interface HeaderCase {
	name: string;
	/** The whole request as it goes out, one byte per character. */
	spoil: (genuine: RawRequest) => string;
	status: number;
	/** Executions; absent: one for 200, none for the rest. */
	runs?: 0 | 1;
}

export function headText({ path, lines }: RawRequest, version = '1.1'): string {
	return `POST ${path} HTTP/${version}\r\n${lines.join('\r\n')}\r\n\r\n`;
}

export function requestText(request: RawRequest, version?: string): string {
	return headText(request, version) + request.body.toString('latin1');
}

export function without(request: RawRequest, name: string): RawRequest {
	return { ...request, lines: request.lines.filter((line) => !line.startsWith(`${name}:`)) };
}

/** With these lines in place of that header. */
export function replaced(request: RawRequest, name: string, ...lines: string[]): RawRequest {
	const rest = without(request, name);
	return { ...rest, lines: [...rest.lines, ...lines] };
}

export function valueOf({ lines }: RawRequest, name: string): string {
	return lines.find((line) => line.startsWith(`${name}:`))!.slice(name.length + 2);
}

/** The same in chunks, without a length; `chunks` replaces what would be right. */
export function chunked(request: RawRequest, chunks?: string): string {
	const { body } = request;
	const right = `${body.length.toString(16)}\r\n${body.toString('latin1')}\r\n0\r\n\r\n`;
	const lines = 'Transfer-Encoding: chunked';
	return headText(replaced(request, 'Content-Length', lines)) + (chunks ?? right);
}

const ID = 'X-Nexus-Delivery-Id';
const TIME = 'X-Nexus-Timestamp';
const SIGNATURE = 'X-Nexus-Signature-256';

const added =
	(...more: string[]) =>
	(given: RawRequest) =>
		requestText({ ...given, lines: [...given.lines, ...more] });
const changed = (name: string, change: (value: string) => string[]) => (given: RawRequest) =>
	requestText(replaced(given, name, ...change(valueOf(given, name))));
const renamed = (change: (name: string) => string) => (given: RawRequest) =>
	requestText({
		...given,
		lines: given.lines.map((line) => line.replace(/^[^:]+/, change)),
	});

const wrong = `sha256=${'0'.repeat(64)}`;

export const headerCases: HeaderCase[] = [
	{
		name: 'Authorization twice, the right one first',
		spoil: changed('Authorization', (value) => [
			`Authorization: ${value}`,
			'Authorization: Bearer x',
		]),
		status: 200,
	},
	{
		name: 'Authorization twice, the wrong one first',
		spoil: changed('Authorization', (value) => [
			'Authorization: Bearer x',
			`Authorization: ${value}`,
		]),
		status: 401,
	},
	{
		name: 'Authorization twice in one line',
		spoil: changed('Authorization', (value) => [`Authorization: ${value}, ${value}`]),
		status: 401,
	},
	{
		name: 'the signature twice, the wrong one first',
		spoil: changed(SIGNATURE, (value) => [`${SIGNATURE}: ${wrong}`, `${SIGNATURE}: ${value}`]),
		status: 200,
	},
	{
		name: 'the signature behind twenty wrong ones',
		spoil: changed(SIGNATURE, (value) => [`${SIGNATURE}: ${`${wrong},`.repeat(20)}${value}`]),
		status: 401,
	},
	{
		name: 'the signature as a list in brackets',
		spoil: changed(SIGNATURE, (value) => [`${SIGNATURE}: ["${value}"]`]),
		status: 401,
	},
	{
		name: 'the timestamp twice',
		spoil: changed(TIME, (value) => [`${TIME}: ${value}`, `${TIME}: ${value}`]),
		status: 400,
	},
	{
		name: 'the delivery id twice',
		spoil: changed(ID, (value) => [`${ID}: ${value}`, `${ID}: other`]),
		status: 400,
	},
	{
		name: 'the event type and the content type twice',
		spoil: added('X-Nexus-Event-Type: User_Update', 'Content-Type: application/json'),
		status: 200,
	},
	{ name: 'a header of 12 kB', spoil: added(`X-Large: ${'x'.repeat(12_000)}`), status: 200 },
	{ name: 'a header of 17 kB', spoil: added(`X-Large: ${'x'.repeat(17_000)}`), status: 431 },
	{ name: 'a header of 1 MB', spoil: added(`X-Large: ${'x'.repeat(1_000_000)}`), status: 431 },
	{
		name: '1,500 headers',
		spoil: added(...Array.from({ length: 1500 }, (_, i) => `x${i}: y`)),
		status: 200,
	},
	{ name: 'a name of 17 kB', spoil: added(`${'x'.repeat(17_000)}: y`), status: 431 },
	{
		name: 'a delivery id of 10 kB',
		spoil: changed(ID, () => [`${ID}: ${'x'.repeat(10_000)}`]),
		status: 400,
	},
	{
		name: 'a signature of 10 kB',
		spoil: changed(SIGNATURE, () => [`${SIGNATURE}: sha256=${'0'.repeat(10_000)}`]),
		status: 401,
	},
	{
		name: 'a timestamp of 10 kB',
		spoil: changed(TIME, () => [`${TIME}: ${'1'.repeat(10_000)}`]),
		status: 400,
	},
	{
		name: 'an Authorization of 10 kB',
		spoil: changed('Authorization', (value) => [`Authorization: ${value}${'x'.repeat(10_000)}`]),
		status: 401,
	},
	{
		name: 'a delivery id in UTF-8',
		spoil: changed(ID, () => [`${ID}: ${utf8('Größe_日本')}`]),
		status: 400,
	},
	{
		name: 'a delivery id in latin-1',
		spoil: changed(ID, () => [`${ID}: Gr\u00f6\u00dfe`]),
		status: 400,
	},
	{
		name: 'digits of another script in the timestamp',
		spoil: changed(TIME, () => [`${TIME}: ${utf8('١٧٦٩٧٩٢٣٨٦')}`]),
		status: 400,
	},
	{
		name: 'an event type in UTF-8, which only hints',
		spoil: changed('X-Nexus-Event-Type', () => [`X-Nexus-Event-Type: ${utf8('日本\u202e')}`]),
		status: 200,
	},
	{
		name: 'white space around each value of Expert',
		spoil: (given) =>
			requestText({
				...given,
				lines: given.lines.map((line) => line.replace(/^(X-.*): (.*)$/, '$1: \t  $2 \t')),
			}),
		status: 200,
	},
	{ name: 'a zero byte in a value', spoil: added('X-Zero: a\u0000b'), status: 400 },
	{
		name: 'a delivery id with a line end and a header of its own',
		spoil: changed(ID, () => [`${ID}: a\r\nX-Injected: b`]),
		status: 200,
	},
	{
		name: 'a delivery id with an escaped line end',
		spoil: changed(ID, (value) => [`${ID}: ${value}%0d%0aSet-Cookie:x=1`]),
		status: 200,
	},
	{
		name: 'a delivery id with a bare carriage return',
		spoil: changed(ID, () => [`${ID}: a\rSet-Cookie: x=1`]),
		status: 400,
	},
	{
		name: 'a delivery id with a bare line feed',
		spoil: changed(ID, () => [`${ID}: a\nSet-Cookie: x=1`]),
		status: 400,
	},
	{
		name: 'a value that is folded into the next line',
		spoil: changed(ID, () => [`${ID}: a\r\n b`]),
		status: 400,
	},
	{
		name: 'a name with a space behind it',
		spoil: changed(TIME, (value) => [`${TIME} : ${value}`]),
		status: 400,
	},
	{
		name: 'names with _ in place of -',
		spoil: changed(SIGNATURE, (value) => [`X_Nexus_Signature_256: ${value}`]),
		status: 401,
	},
	{ name: 'names in lower case', spoil: renamed((name) => name.toLowerCase()), status: 200 },
	{ name: 'names in upper case', spoil: renamed((name) => name.toUpperCase()), status: 200 },
	{
		name: 'names in mixed case',
		spoil: renamed((name) => name.toLowerCase().replace(/[aeiou]/g, (c) => c.toUpperCase())),
		status: 200,
	},
	{
		name: 'the digits of the signature in upper case',
		spoil: changed(SIGNATURE, (value) => [`${SIGNATURE}: sha256=${value.slice(7).toUpperCase()}`]),
		status: 200,
	},
	{
		name: 'SHA256= in upper case, which the contract does not know',
		spoil: changed(SIGNATURE, (value) => [`${SIGNATURE}: SHA256=${value.slice(7)}`]),
		status: 401,
	},
	{
		name: 'the scheme of Authorization in another case, which is not what was registered',
		spoil: changed('Authorization', (value) => [`Authorization: ${value.replace('B', 'b')}`]),
		status: 401,
	},
	{
		name: 'a length and chunks together',
		spoil: (given) =>
			chunked(given).replace('\r\n', `\r\nContent-Length: ${given.body.length}\r\n`),
		status: 400,
	},
	{ name: 'two lengths', spoil: added('Content-Length: 5'), status: 400 },
	{
		name: 'a length below zero',
		spoil: changed('Content-Length', () => ['Content-Length: -1']),
		status: 400,
	},
	{
		name: 'a length in words',
		spoil: changed('Content-Length', () => ['Content-Length: all of it']),
		status: 400,
	},
	{
		name: 'a length of nothing, and a body all the same',
		spoil: changed('Content-Length', () => ['Content-Length: 0']),
		// From Node, which takes the body for a second request, before the 401 for the first.
		status: 400,
	},
	{
		name: 'a length beyond the limit',
		spoil: changed('Content-Length', () => ['Content-Length: 99999999999']),
		status: 413,
	},
	{ name: 'a body in chunks', spoil: (given) => chunked(given), status: 200 },
	{
		name: 'a chunk whose length is no number',
		spoil: (given) => chunked(given, 'zz\r\n<event/>\r\n0\r\n\r\n'),
		status: 400,
	},
	{
		name: 'the signature behind the body, as a trailer',
		spoil: (given) => {
			const trailer = `${SIGNATURE}: ${valueOf(given, SIGNATURE)}`;
			return chunked(without(given, SIGNATURE)).replace(/\r\n$/, `${trailer}\r\n\r\n`);
		},
		status: 401,
	},
	{
		name: 'an encoding of the transfer that nobody knows',
		spoil: added('Transfer-Encoding: x-unknown'),
		status: 400,
	},
	{ name: 'HTTP/1.0', spoil: (given) => requestText(given, '1.0'), status: 200 },
	{ name: 'HTTP/9.9', spoil: (given) => requestText(given, '9.9'), status: 400 },
	{ name: 'no Host', spoil: (given) => requestText(without(given, 'Host')), status: 400 },
	{
		name: 'the Host of somebody else',
		spoil: changed('Host', () => ['Host: evil.example.com']),
		status: 200,
	},
	{ name: 'Expect: 100-continue', spoil: added('Expect: 100-continue'), status: 200 },
	{ name: 'another expectation', spoil: added('Expect: the-unexpected'), status: 417 },
	{
		name: 'headers that proxies and browsers send',
		spoil: added(
			...['Origin: https://evil.example.com', 'X-Forwarded-For: 1.2.3.4', 'Cookie: n8n-auth=x'],
			...['X-HTTP-Method-Override: DELETE', 'Range: bytes=0-5', 'If-None-Match: *'],
			...['Accept-Encoding: gzip, br', 'Connection: close', 'X-Requested-With: x'],
		),
		status: 200,
	},
];

/** UTF-8 as the bytes that it is. */
function utf8(text: string): string {
	return Buffer.from(text).toString('latin1');
}
