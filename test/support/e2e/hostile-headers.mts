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

const cases: Array<[status: number, name: string, spoil: HeaderCase['spoil']]> = [
	[
		200,
		'Authorization twice, the right one first',
		changed('Authorization', (value) => [`Authorization: ${value}`, 'Authorization: Bearer x']),
	],
	[
		401,
		'Authorization twice, the wrong one first',
		changed('Authorization', (value) => ['Authorization: Bearer x', `Authorization: ${value}`]),
	],
	[
		401,
		'Authorization twice in one line',
		changed('Authorization', (value) => [`Authorization: ${value}, ${value}`]),
	],
	[
		200,
		'the signature twice, the wrong one first',
		changed(SIGNATURE, (value) => [`${SIGNATURE}: ${wrong}`, `${SIGNATURE}: ${value}`]),
	],
	[
		401,
		'the signature behind twenty wrong ones',
		changed(SIGNATURE, (value) => [`${SIGNATURE}: ${`${wrong},`.repeat(20)}${value}`]),
	],
	[
		401,
		'the signature as a list in brackets',
		changed(SIGNATURE, (value) => [`${SIGNATURE}: ["${value}"]`]),
	],
	[
		400,
		'the timestamp twice',
		changed(TIME, (value) => [`${TIME}: ${value}`, `${TIME}: ${value}`]),
	],
	[400, 'the delivery id twice', changed(ID, (value) => [`${ID}: ${value}`, `${ID}: other`])],
	[
		200,
		'the event type and the content type twice',
		added('X-Nexus-Event-Type: User_Update', 'Content-Type: application/json'),
	],
	[200, 'a header of 12 kB', added(`X-Large: ${'x'.repeat(12_000)}`)],
	[431, 'a header of 17 kB', added(`X-Large: ${'x'.repeat(17_000)}`)],
	[431, 'a header of 1 MB', added(`X-Large: ${'x'.repeat(1_000_000)}`)],
	[200, '1,500 headers', added(...Array.from({ length: 1500 }, (_, i) => `x${i}: y`))],
	[431, 'a name of 17 kB', added(`${'x'.repeat(17_000)}: y`)],
	[400, 'a delivery id of 10 kB', changed(ID, () => [`${ID}: ${'x'.repeat(10_000)}`])],
	[
		401,
		'a signature of 10 kB',
		changed(SIGNATURE, () => [`${SIGNATURE}: sha256=${'0'.repeat(10_000)}`]),
	],
	[400, 'a timestamp of 10 kB', changed(TIME, () => [`${TIME}: ${'1'.repeat(10_000)}`])],
	[
		401,
		'an Authorization of 10 kB',
		changed('Authorization', (value) => [`Authorization: ${value}${'x'.repeat(10_000)}`]),
	],
	[400, 'a delivery id in UTF-8', changed(ID, () => [`${ID}: ${utf8('Größe_日本')}`])],
	[400, 'a delivery id in latin-1', changed(ID, () => [`${ID}: Gr\u00f6\u00dfe`])],
	[
		400,
		'digits of another script in the timestamp',
		changed(TIME, () => [`${TIME}: ${utf8('١٧٦٩٧٩٢٣٨٦')}`]),
	],
	[
		200,
		'an event type in UTF-8, which only hints',
		changed('X-Nexus-Event-Type', () => [`X-Nexus-Event-Type: ${utf8('日本\u202e')}`]),
	],
	[
		200,
		'white space around each value of Expert',
		(given) =>
			requestText({
				...given,
				lines: given.lines.map((line) => line.replace(/^(X-.*): (.*)$/, '$1: \t  $2 \t')),
			}),
	],
	[400, 'a zero byte in a value', added('X-Zero: a\u0000b')],
	[
		200,
		'a delivery id with a line end and a header of its own',
		changed(ID, () => [`${ID}: a\r\nX-Injected: b`]),
	],
	[
		200,
		'a delivery id with an escaped line end',
		changed(ID, (value) => [`${ID}: ${value}%0d%0aSet-Cookie:x=1`]),
	],
	[
		400,
		'a delivery id with a bare carriage return',
		changed(ID, () => [`${ID}: a\rSet-Cookie: x=1`]),
	],
	[400, 'a delivery id with a bare line feed', changed(ID, () => [`${ID}: a\nSet-Cookie: x=1`])],
	[400, 'a value that is folded into the next line', changed(ID, () => [`${ID}: a\r\n b`])],
	[400, 'a name with a space behind it', changed(TIME, (value) => [`${TIME} : ${value}`])],
	[
		401,
		'names with _ in place of -',
		changed(SIGNATURE, (value) => [`X_Nexus_Signature_256: ${value}`]),
	],
	[200, 'names in lower case', renamed((name) => name.toLowerCase())],
	[200, 'names in upper case', renamed((name) => name.toUpperCase())],
	[
		200,
		'names in mixed case',
		renamed((name) => name.toLowerCase().replace(/[aeiou]/g, (c) => c.toUpperCase())),
	],
	[
		200,
		'the digits of the signature in upper case',
		changed(SIGNATURE, (value) => [`${SIGNATURE}: sha256=${value.slice(7).toUpperCase()}`]),
	],
	[
		401,
		'SHA256= in upper case, which the contract does not know',
		changed(SIGNATURE, (value) => [`${SIGNATURE}: SHA256=${value.slice(7)}`]),
	],
	[
		401,
		'the scheme of Authorization in another case, which is not what was registered',
		changed('Authorization', (value) => [`Authorization: ${value.replace('B', 'b')}`]),
	],
	[
		400,
		'a length and chunks together',
		(given) => chunked(given).replace('\r\n', `\r\nContent-Length: ${given.body.length}\r\n`),
	],
	[400, 'two lengths', added('Content-Length: 5')],
	[400, 'a length below zero', changed('Content-Length', () => ['Content-Length: -1'])],
	[400, 'a length in words', changed('Content-Length', () => ['Content-Length: all of it'])],
	// From Node, which takes the body for a second request, before the 401 for the first.
	[
		400,
		'a length of nothing, and a body all the same',
		changed('Content-Length', () => ['Content-Length: 0']),
	],
	[
		413,
		'a length beyond the limit',
		changed('Content-Length', () => ['Content-Length: 99999999999']),
	],
	[200, 'a body in chunks', (given) => chunked(given)],
	[
		400,
		'a chunk whose length is no number',
		(given) => chunked(given, 'zz\r\n<event/>\r\n0\r\n\r\n'),
	],
	[
		401,
		'the signature behind the body, as a trailer',
		(given) => {
			const trailer = `${SIGNATURE}: ${valueOf(given, SIGNATURE)}`;
			return chunked(without(given, SIGNATURE)).replace(/\r\n$/, `${trailer}\r\n\r\n`);
		},
	],
	[400, 'an encoding of the transfer that nobody knows', added('Transfer-Encoding: x-unknown')],
	[200, 'HTTP/1.0', (given) => requestText(given, '1.0')],
	[400, 'HTTP/9.9', (given) => requestText(given, '9.9')],
	[400, 'no Host', (given) => requestText(without(given, 'Host'))],
	[200, 'the Host of somebody else', changed('Host', () => ['Host: evil.example.com'])],
	[200, 'Expect: 100-continue', added('Expect: 100-continue')],
	[417, 'another expectation', added('Expect: the-unexpected')],
	[
		200,
		'headers that proxies and browsers send',
		added(
			...['Origin: https://evil.example.com', 'X-Forwarded-For: 1.2.3.4', 'Cookie: n8n-auth=x'],
			...['X-HTTP-Method-Override: DELETE', 'Range: bytes=0-5', 'If-None-Match: *'],
			...['Accept-Encoding: gzip, br', 'Connection: close', 'X-Requested-With: x'],
		),
	],
];

export const headerCases: HeaderCase[] = cases.map(([status, name, spoil]) => ({
	name,
	spoil,
	status,
}));

/** UTF-8 as the bytes that it is. */
function utf8(text: string): string {
	return Buffer.from(text).toString('latin1');
}
