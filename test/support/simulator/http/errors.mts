import { STATUS_CODES } from 'node:http';
import type { Settings } from '../settings.mts';
import { buildXml, type XmlData } from '../xml.mts';

/** A refusal; the API responds in the style that the settings ask for. */
export class ApiError extends Error {
	readonly status: number;
	readonly resource: string;
	/** Names that the message is about. */
	readonly args: string[];

	constructor(status: number, message: string, resource = 'System.API.Error.generic', args: string[] = []) {
		super(message);
		this.status = status;
		this.resource = resource;
		this.args = args;
	}
}

/** The texts that the spec lists for the webhook calls: see docs/vendor-facts.md#error-bodies. */
export const invalidInput = (detail: string) => new ApiError(400, `Invalid input parameter or request body: ${detail}`);
export const adminRequired = () => new ApiError(403, 'Admin access is required');
export const webhookNotFound = () => new ApiError(404, 'Requested webhook subscription could not be found');

/** With the rights of the user, as the ancestor says it: docs/vendor-facts.md#anonymous-responses. */
export function forbidden(operation: string, status: number, rights: string[]): ApiError {
	return new ApiError(
		status,
		`${operation} access is required. Operations required are {${operation}}. Operations allowed are {${rights.join(',')}}`,
		FORBIDDEN,
	);
}

const FORBIDDEN = 'System.API.Error.forbidden';

export const pageNotFound = () => new ApiError(404, 'Page could not be found');
/** What the framework says: docs/vendor-facts.md#error-bodies. */
export const unparsableArgument = (name: string) => new ApiError(400, `Cannot parse feature argument '${name}'`);
export const missingParameter = (name: string) =>
	new ApiError(400, `The parameter '${name}' is missing but it is required.`, 'System.API.Error.missing-argument', [
		name,
	]);

export interface ErrorFacts {
	status: number;
	message: string;
	resource?: string;
	args?: string[];
	uri: string;
}

/** What the framework says when a handler breaks: docs/vendor-facts.md#error-bodies. */
export function brokenXml(message: string): string {
	return buildXml({ exception: { message } });
}

/**
 * The newer style names an exception, the framework's own a status and title: see
 * docs/vendor-facts.md#error-bodies.
 */
export function errorXml(facts: ErrorFacts, style: Settings['errorStyle'] | 'noCall'): string {
	if (style === 'noCall') return noCallXml(facts.status);
	return buildXml({ error: errorFields(facts, style) });
}

/** What the framework says of a call that nothing handles: docs/vendor-facts.md#statuses-and-limits. */
function noCallXml(status: number): string {
	const title = STATUS_CODES[status] ?? 'Error';
	return buildXml({ error: { status: String(status), title, message: 'resource not found' } });
}

export function errorFields(facts: ErrorFacts, style: Settings['errorStyle']): XmlData {
	const { status, message, uri, args = [] } = facts;
	const title = STATUS_CODES[status] ?? 'Error';
	if (style === 'framework') return { status: String(status), title, message, uri };
	return {
		exception: `MindTouch.Deki.Exceptions.${title.replaceAll(/[^A-Za-z]/g, '')}Exception`,
		message,
		resource: facts.resource ?? 'System.API.Error.generic',
		arguments: { '@count': String(args.length), argument: args },
		data: '',
	};
}
