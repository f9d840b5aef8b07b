import {
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INode,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import {
	type ApiCall,
	type ApiClient,
	type ApiResponse,
	type ExpertClient,
	LARGE_RESPONSES,
	readRoot,
} from '../../api/client';
import type { ExpertCredential } from '../../api/credential';
import {
	asExpertError,
	type ExpertError,
	type StatusMessage,
	undefinedIfNotFound,
} from '../../api/expert-error';
import { connect } from '../../api/http';
import { siteOrigin } from '../../api/site-url';
import { currentUser, withExpiry } from '../../api/token-check';
import type { XmlElement } from '../../api/xml';
import { shortened } from './field';

type NodeContext = IExecuteFunctions | ILoadOptionsFunctions;

/** The Expert site as the operations see it. */
export class ExpertSite implements ApiClient {
	readonly credential: ExpertCredential;
	/** e.g. `https://help.example.com`; `undefined` when the Site URL is no web address. */
	readonly origin: string | undefined;
	private readonly client: ExpertClient;
	private accepted: Promise<unknown> | undefined;

	private constructor(context: NodeContext, credential: ExpertCredential) {
		const signal = cancelSignal(context);
		this.credential = credential;
		this.origin = siteOrigin(credential.siteUrl);
		this.client = connect(context, credential, {
			limits: LARGE_RESPONSES,
			// Lists and retries end, too.
			beforeEach: () => signal?.throwIfAborted(),
		});
	}

	static async connect(context: NodeContext): Promise<ExpertSite> {
		const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
		return new ExpertSite(context, credential);
	}

	/** ISO 8601, by the site's own clock; see {@link ExpertClient}. */
	get siteTime(): string | undefined {
		return this.client.siteTime;
	}

	/** Redacts this `Authorization` value, too, in whatever the site says from now on. */
	redactFromNowOn(authorization: string): void {
		this.client.redactFromNowOn(authorization);
	}

	/** Calls the API; any 2xx is a success. */
	async call(call: ApiCall): Promise<ApiResponse> {
		await this.askWhoWeAre();
		return await this.client.call(call);
	}

	/** Calls the API and returns the root element, which must have this name. */
	async read(call: ApiCall, root: string): Promise<XmlElement> {
		return await readRoot(this, call, root);
	}

	/** As `read`; `undefined` for something that does not exist (any more). */
	async readIfExists(call: ApiCall, root: string): Promise<XmlElement | undefined> {
		return await undefinedIfNotFound(this.read(call, root));
	}

	/**
	 * Once, before the first call. Without this, an expired token would quietly find less: the site shows it what
	 * anybody may see. A token that expires later finds less until the next execution.
	 */
	private async askWhoWeAre(): Promise<void> {
		this.accepted ??= currentUser(this.client).catch((thrown: unknown) => {
			this.accepted = undefined;
			throw withExpiry(asExpertError(thrown), this.credential);
		});
		await this.accepted;
	}
}

/** Absent for the lists of fields, which belong to no execution. */
function cancelSignal(context: NodeContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** What n8n shows. */
export function nodeError(node: INode, error: ExpertError): NodeApiError | NodeOperationError {
	const { kind, status, description } = error;
	const message = shortened(error.message);
	if (kind === 'refused') return new NodeOperationError(node, message, { description });
	const httpCode = status === undefined ? {} : { httpCode: String(status) };
	return new NodeApiError(node, {}, { message, description, ...httpCode });
}

/**
 * What a person reads when the named thing does not exist.
 *
 * @param label as other messages name it, such as `page 42` or `the user with this name`
 */
export function notFound(label: string, description: string): StatusMessage {
	return { message: `There is no ${label.replace(/^the /, '')}`, description, isWhole: true };
}
