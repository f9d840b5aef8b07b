import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import {
	type ApiCall,
	type ApiClient,
	type ApiResponse,
	type ExpertClient,
	LARGE_RESPONSES,
	readConfirmed,
	readRoot,
} from './client';
import type { ExpertCredential } from './credential';
import { type Advice, asExpertError, type StatusMessage, undefinedIfNotFound } from './expert-error';
import { connect } from './http';
import { siteOrigin } from './site-url';
import { type CurrentUser, currentUser, withExpiry } from './token-check';
import type { XmlElement } from './xml';

type SiteContext = IExecuteFunctions | ILoadOptionsFunctions;

export class ExpertSite implements ApiClient {
	readonly credential: ExpertCredential;
	/** E.g. `https://help.example.com`; `undefined` if the Site URL is no web address. */
	readonly origin: string | undefined;
	private readonly client: ExpertClient;
	private accepted: Promise<CurrentUser> | undefined;

	constructor(context: SiteContext, credential: ExpertCredential) {
		const signal = cancelSignal(context);
		this.credential = credential;
		this.origin = siteOrigin(credential.siteUrl);
		this.client = connect(context, credential, {
			limits: LARGE_RESPONSES,
			// The signal ends lists and retries, too.
			beforeEach: () => signal?.throwIfAborted(),
		});
	}

	/** Connects for a list of the editor, which has no items. Executions use {@link sitesOfItems}. */
	static async connect(context: ILoadOptionsFunctions): Promise<ExpertSite> {
		const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi');
		return new ExpertSite(context, credential);
	}

	/** Unix ms, by the site's own clock. */
	get siteTime(): number | undefined {
		return this.client.siteTime;
	}

	/** Unix ms; behind the site's clock by up to a second, never ahead of it. */
	get siteNow(): number {
		return this.client.siteNow;
	}

	/** Redacts this `Authorization` value from whatever the site says from now on. */
	redactFromNowOn(authorization: string): void {
		this.client.redactFromNowOn(authorization);
	}

	async call(call: ApiCall): Promise<ApiResponse> {
		await this.askWhoWeAre();
		return await this.client.call(call);
	}

	/** @param root required name of the root element */
	async read(call: ApiCall, root: string): Promise<XmlElement> {
		return await readRoot(this, call, root);
	}

	/** Makes a call that writes. @param denial what in the response says that it is not done */
	async write(call: ApiCall, root: string, denial: (element: XmlElement) => string | undefined): Promise<XmlElement> {
		return await readConfirmed(this, call, root, denial);
	}

	/** `undefined` for what does not exist (any more). */
	async readIfExists(call: ApiCall, root: string): Promise<XmlElement | undefined> {
		// Check the token first: a 404 about it would count as that of the call.
		await this.askWhoWeAre();
		return await undefinedIfNotFound(this.read(call, root));
	}

	/**
	 * Checks the token once, before the first call: for an expired one, a site that ignores `authenticate=true` quietly
	 * shows what anybody may see. A token that expires later finds less there, until {@link askAgainWhoWeAre} or the
	 * next execution.
	 */
	async askWhoWeAre(): Promise<CurrentUser> {
		this.accepted ??= currentUser(this.client).catch((thrown: unknown) => {
			this.accepted = undefined;
			throw withExpiry(asExpertError(thrown), this.credential);
		});
		return await this.accepted;
	}

	/** Checks the token again where the site refuses what it has listed: it may have expired since. */
	async askAgainWhoWeAre(): Promise<void> {
		this.accepted = undefined;
		await this.askWhoWeAre();
	}
}

/**
 * The site of each item, connected to once for each distinct credential. An expression in "Run As User" can name
 * another user for each item, and nobody may read with another's rights.
 */
export function sitesOfItems(context: IExecuteFunctions): (item: number) => Promise<ExpertSite> {
	const sites = new Map<string, ExpertSite>();
	return async (item) => {
		const credential = await context.getCredentials<ExpertCredential>('cxoneExpertApi', item);
		const key = JSON.stringify(credential);
		const site = sites.get(key) ?? new ExpertSite(context, credential);
		sites.set(key, site);
		return site;
	};
}

/** Lists of fields have no signal, because they belong to no execution. */
function cancelSignal(context: SiteContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** @param label as in other messages, such as `page 42` or `the user with this name` */
export function notFound(label: string, advice: Advice): StatusMessage {
	return { message: `There is no ${label.replace(/^the /, '')}`, ...advice, isWhole: true };
}
