import {
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import {
	type ApiCall,
	type ApiClient,
	type ApiResponse,
	createClient,
	LARGE_RESPONSES,
	type Send,
} from '../api/client';
import type { ExpertCredential } from '../api/credential';
import { type ApiFailure, isNotFound } from '../api/failure';
import { sendFromNode } from '../api/http';
import { secretsOf } from '../api/redact';
import type { Result } from '../api/result';
import { siteOrigin } from '../api/site-url';
import { onlyIfAccepted } from '../api/token-check';
import type { XmlElement } from '../api/xml';
import {
	type FailureContext,
	failureMessage,
	type StatusMessage,
	type UserMessage,
} from '../shared/failure-messages';
import { shortened } from './field';

type NodeContext = IExecuteFunctions | ILoadOptionsFunctions;

/** A call, its purpose ("while n8n tried to …"), and what a status means for it. */
export type SiteCall = ApiCall & FailureContext & { doing: string };

/** Where the call says nothing else of 403. */
const NOT_ALLOWED: UserMessage = {
	message: 'Expert did not allow this',
	description:
		'The user of the token may lack the right to do this, or the token may have expired: then Expert treats the call as anonymous. Run the test of the CXone Expert API credential, and look at the permissions of the user.',
};

/**
 * The Expert site as the operations see it. A method gives what they ask for, or throws what n8n shows:
 * what happened, and what to do. Nothing thrown contains the request: n8n's own error of a request has
 * the token in it.
 */
export class ExpertSite {
	/** For code that works with results instead of exceptions; see {@link unwrap}. */
	readonly api: ApiClient;
	readonly credential: ExpertCredential;
	/** e.g. `https://help.example.com`; `undefined` when the Site URL is no web address. */
	readonly origin: string | undefined;
	private readonly context: NodeContext;
	private readonly secrets: string[];

	private constructor(context: NodeContext, credential: ExpertCredential) {
		this.context = context;
		this.credential = credential;
		this.origin = siteOrigin(credential.siteUrl);
		this.secrets = secretsOf(credential);
		const send = sendUntilCancelled(
			sendFromNode(context, credential.siteUrl),
			cancelSignal(context),
		);
		this.api = onlyIfAccepted(createClient(send, Infinity, this.secrets, LARGE_RESPONSES));
	}

	static async connect(context: NodeContext): Promise<ExpertSite> {
		const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
		return new ExpertSite(context, credential);
	}

	/** Redacts this `Authorization` value, too, in whatever the site says from now on. */
	redactFromNowOn(authorization: string): void {
		this.secrets.push(...secretsOf({}, authorization));
	}

	/** Calls the API; any 2xx is a success. */
	async call(call: SiteCall): Promise<ApiResponse> {
		const result = await this.api.call(call);
		return result.ok ? result.value : this.fail(result.failure, call);
	}

	/** Calls the API and returns the root element, which must have this name. */
	async read(call: SiteCall, root: string): Promise<XmlElement> {
		return this.rootOf(await this.call(call), call, root);
	}

	/** As `read`; `undefined` for something that does not exist (any more). */
	async readIfExists(call: SiteCall, root: string): Promise<XmlElement | undefined> {
		const result = await this.api.call(call);
		if (result.ok) return this.rootOf(result.value, call, root);
		return isNotFound(result.failure) ? undefined : this.fail(result.failure, call);
	}

	/** The value of a success; throws a failure. */
	unwrap<T>(result: Result<T>, context?: FailureContext): T {
		return result.ok ? result.value : this.fail(result.failure, context);
	}

	/** Throws what n8n shows when no call failed, but the site is not as the operation needs it. */
	refuse({ message, description }: UserMessage): never {
		throw new NodeOperationError(this.context.getNode(), shortened(message), {
			description: shortened(description),
		});
	}

	/** Throws what n8n shows of a call that failed. */
	fail(failure: ApiFailure, { doing = '', messages }: FailureContext = {}): never {
		const { status, subject } = failure;
		const short = subject === undefined ? failure : { ...failure, subject: shortened(subject) };
		const { message, description } = failureMessage(short, {
			doing: shortened(doing),
			messages: { 403: NOT_ALLOWED, ...messages },
		});
		const httpCode = status === undefined ? {} : { httpCode: String(status) };
		throw new NodeApiError(this.context.getNode(), {}, { message, description, ...httpCode });
	}

	private rootOf({ status, document }: ApiResponse, call: SiteCall, root: string): XmlElement {
		if (document?.name === root) return document.root;
		return this.fail({ kind: 'unexpected', status }, call);
	}
}

/** Absent for the lists of fields, which belong to no execution. */
function cancelSignal(context: NodeContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** Sends until the execution is cancelled; throws from then on, so that lists and retries end. */
function sendUntilCancelled(send: Send, signal: AbortSignal | undefined): Send {
	return async (call, timeoutMs) => {
		signal?.throwIfAborted();
		return await send(call, timeoutMs);
	};
}

/**
 * What a person reads when the named thing does not exist.
 *
 * @param label as other messages name it, such as `page 42` or `the user with this name`
 */
export function notFound(label: string, description: string): StatusMessage {
	return { message: `There is no ${label.replace(/^the /, '')}`, description, isWhole: true };
}
