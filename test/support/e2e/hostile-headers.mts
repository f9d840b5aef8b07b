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

type Spoil = HeaderCase['spoil'];

const added =
	(...more: string[]): Spoil =>
	(given) =>
		requestText({ ...given, lines: [...given.lines, ...more] });
/** Other lines in the place of a header, made of its value. */
const changed =
	(name: string, change: (value: string) => string[]): Spoil =>
	(given) =>
		requestText(replaced(given, name, ...change(valueOf(given, name))));
/** Another value. */
const valued = (name: string, change: (value: string) => string): Spoil =>
	changed(name, (value) => [`${name}: ${change(value)}`]);
const eachLine =
	(change: (line: string) => string): Spoil =>
	(given) =>
		requestText({ ...given, lines: given.lines.map(change) });
const eachName = (change: (name: string) => string) =>
	eachLine((line) => line.replace(/^[^:]+/, change));

const AUTH = 'Authorization';
const TYPE = 'X-Nexus-Event-Type';
const LENGTH = 'Content-Length';
const wrong = `sha256=${'0'.repeat(64)}`;
const long = 'x'.repeat(10_000);

/** The one response that each may get. */
const cases: Record<number, Record<string, Spoil>> = {
	200: {
		'Authorization twice, the right one first': changed(AUTH, (value) => [
			`${AUTH}: ${value}`,
			`${AUTH}: Bearer x`,
		]),
		'the signature twice, the wrong one first': changed(SIGNATURE, (value) => [
			`${SIGNATURE}: ${wrong}`,
			`${SIGNATURE}: ${value}`,
		]),
		'the event type and the content type twice': added(
			`${TYPE}: User_Update`,
			'Content-Type: application/json',
		),
		'a header of 12 kB': added(`X-Large: ${'x'.repeat(12_000)}`),
		'1,500 headers': added(...Array.from({ length: 1500 }, (_, i) => `x${i}: y`)),
		'an event type in UTF-8, which only hints': valued(TYPE, () => utf8('日本\u202e')),
		'white space around each value of Expert': eachLine((line) =>
			line.replace(/^(X-.*): (.*)$/, '$1: \t  $2 \t'),
		),
		'a delivery id with a line end and a header of its own': valued(ID, () => 'a\r\nX-Injected: b'),
		'a delivery id with an escaped line end': valued(ID, (id) => `${id}%0d%0aSet-Cookie:x=1`),
		'names in lower case': eachName((name) => name.toLowerCase()),
		'names in upper case': eachName((name) => name.toUpperCase()),
		'names in mixed case': eachName((name) =>
			name.toLowerCase().replace(/[aeiou]/g, (c) => c.toUpperCase()),
		),
		'the digits of the signature in upper case': valued(
			SIGNATURE,
			(value) => `sha256=${value.slice(7).toUpperCase()}`,
		),
		'a body in chunks': (given) => chunked(given),
		'HTTP/1.0': (given) => requestText(given, '1.0'),
		'the Host of somebody else': valued('Host', () => 'evil.example.com'),
		'Expect: 100-continue': added('Expect: 100-continue'),
		'headers that proxies and browsers send': added(
			...['Origin: https://evil.example.com', 'X-Forwarded-For: 1.2.3.4', 'Cookie: n8n-auth=x'],
			...['X-HTTP-Method-Override: DELETE', 'Range: bytes=0-5', 'If-None-Match: *'],
			...['Accept-Encoding: gzip, br', 'Connection: close', 'X-Requested-With: x'],
		),
	},
	400: {
		'the timestamp twice': changed(TIME, (time) => [`${TIME}: ${time}`, `${TIME}: ${time}`]),
		'the delivery id twice': changed(ID, (id) => [`${ID}: ${id}`, `${ID}: other`]),
		'a delivery id of 10 kB': valued(ID, () => long),
		'a timestamp of 10 kB': valued(TIME, () => '1'.repeat(10_000)),
		'a delivery id in UTF-8': valued(ID, () => utf8('Größe_日本')),
		'a delivery id in latin-1': valued(ID, () => 'Gr\u00f6\u00dfe'),
		'digits of another script in the timestamp': valued(TIME, () => utf8('١٧٦٩٧٩٢٣٨٦')),
		'a zero byte in a value': added('X-Zero: a\u0000b'),
		'a delivery id with a bare carriage return': valued(ID, () => 'a\rSet-Cookie: x=1'),
		'a delivery id with a bare line feed': valued(ID, () => 'a\nSet-Cookie: x=1'),
		'a value that is folded into the next line': valued(ID, () => 'a\r\n b'),
		'a name with a space behind it': changed(TIME, (time) => [`${TIME} : ${time}`]),
		'a length and chunks together': (given) =>
			chunked(given).replace('\r\n', `\r\n${LENGTH}: ${given.body.length}\r\n`),
		'two lengths': added(`${LENGTH}: 5`),
		'a length below zero': valued(LENGTH, () => '-1'),
		'a length in words': valued(LENGTH, () => 'all of it'),
		// From Node, which takes the body for a second request, before the 401 for the first.
		'a length of nothing, and a body all the same': valued(LENGTH, () => '0'),
		'a chunk whose length is no number': (given) => chunked(given, 'zz\r\n<event/>\r\n0\r\n\r\n'),
		'an encoding of the transfer that nobody knows': added('Transfer-Encoding: x-unknown'),
		'HTTP/9.9': (given) => requestText(given, '9.9'),
		'no Host': (given) => requestText(without(given, 'Host')),
	},
	401: {
		'Authorization twice, the wrong one first': changed(AUTH, (value) => [
			`${AUTH}: Bearer x`,
			`${AUTH}: ${value}`,
		]),
		'Authorization twice in one line': valued(AUTH, (value) => `${value}, ${value}`),
		'the signature behind twenty wrong ones': valued(
			SIGNATURE,
			(value) => `${wrong},`.repeat(20) + value,
		),
		'the signature as a list in brackets': valued(SIGNATURE, (value) => `["${value}"]`),
		'a signature of 10 kB': valued(SIGNATURE, () => `sha256=${'0'.repeat(10_000)}`),
		'an Authorization of 10 kB': valued(AUTH, (value) => value + long),
		'names with _ in place of -': changed(SIGNATURE, (value) => [
			`X_Nexus_Signature_256: ${value}`,
		]),
		'SHA256= in upper case, which the contract does not know': valued(
			SIGNATURE,
			(value) => `SHA256=${value.slice(7)}`,
		),
		'the scheme of Authorization in another case, which is not what was registered': valued(
			AUTH,
			(value) => value.replace('B', 'b'),
		),
		'the signature behind the body, as a trailer': (given) => {
			const trailer = `${SIGNATURE}: ${valueOf(given, SIGNATURE)}`;
			return chunked(without(given, SIGNATURE)).replace(/\r\n$/, `${trailer}\r\n\r\n`);
		},
	},
	413: { 'a length beyond the limit': valued(LENGTH, () => '99999999999') },
	417: { 'another expectation': added('Expect: the-unexpected') },
	431: {
		'a header of 17 kB': added(`X-Large: ${'x'.repeat(17_000)}`),
		'a header of 1 MB': added(`X-Large: ${'x'.repeat(1_000_000)}`),
		'a name of 17 kB': added(`${'x'.repeat(17_000)}: y`),
	},
};

export const headerCases: HeaderCase[] = Object.entries(cases).flatMap(([status, spoils]) =>
	Object.entries(spoils).map(([name, spoil]) => ({ name, spoil, status: Number(status) })),
);

/** UTF-8 as the bytes that it is. */
function utf8(text: string): string {
	return Buffer.from(text).toString('latin1');
}
