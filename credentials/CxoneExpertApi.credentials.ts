import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	Icon,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { authenticatedRequest } from '../nodes/CxoneExpert/api/authenticated-request';

const onlyJwt = { show: { authentication: ['jwt'] } };
const onlyServerToken = { show: { authentication: ['serverToken'] } };
/** As a hint: a notice takes so much room that the switch is out of sight where a window is 900 pixels high. */
const WHERE_TO_FIND = 'In Expert: Site Tools > Dashboard > Integrations > API Token Management';
/** n8n drops hidden values on saving. So entering a secret clears the switch, never the reverse. */
const withoutSecret = { signingSecret: [''] };

/**
 * Access to one Expert site, and the secrets that prove a delivery genuine. `authenticate` is a
 * function because a server token is valid for five minutes. The credential test lives in the nodes
 * because it needs two responses: a rejected token can still get "200, you are Anonymous".
 */
export class CxoneExpertApi implements ICredentialType {
	name = 'cxoneExpertApi';

	displayName = 'CXone Expert API';

	icon: Icon = {
		light: 'file:../nodes/CxoneExpert/cxoneExpert.svg',
		dark: 'file:../nodes/CxoneExpert/cxoneExpert.dark.svg',
	};

	documentationUrl = 'https://n8n-nodes-cxone-expert.github.io/n8n-nodes-cxone-expert/docs/credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Site URL',
			name: 'siteUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://help.example.com',
			description: 'Address of your Expert site, as you see it in the browser',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			default: 'jwt',
			options: [
				{ name: 'Long-Term Token (JWT)', value: 'jwt' },
				{ name: 'Server Token (Key and Secret)', value: 'serverToken' },
			],
			description: 'Create a server token in Expert, as an admin: it shows both, once',
		},
		{
			displayName: 'Long-Term Token',
			name: 'longTermToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: onlyJwt,
			description: 'The JWT that Expert shows once, when an admin creates a server token',
			hint: WHERE_TO_FIND,
		},
		{
			displayName: 'Token Key',
			name: 'tokenKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: onlyServerToken,
			description: 'The key of the server token',
			hint: WHERE_TO_FIND,
		},
		{
			displayName: 'Token Secret',
			name: 'tokenSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: onlyServerToken,
			description: 'The secret of the server token, shown once when it is created',
		},
		{
			displayName: 'Run As User',
			name: 'runAsUser',
			type: 'string',
			default: '',
			required: true,
			displayOptions: onlyServerToken,
			placeholder: 'e.g. admin',
			description: 'Name or numeric ID of the Expert user that the calls run as',
		},
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Secret with which your site signs each webhook delivery. Ask NiCE if you do not have it. The credential test cannot check it, because Expert has no call for that.',
			hint: 'CXone Expert Trigger needs it, unless your site has none yet. The other nodes work without.',
		},
		// Above the switch: changes below it would happen out of sight, as the dialog ends there.
		{
			displayName:
				'Signatures are not verified: anyone who gets hold of the delivery token can start your workflows with made-up events. Ask NiCE for the signing secret and enter it above.',
			name: 'notVerified',
			type: 'notice',
			default: '',
			displayOptions: { show: { ...withoutSecret, acceptUnsigned: [true] } },
		},
		{
			displayName: 'My Site Has No Signing Secret Yet',
			name: 'acceptUnsigned',
			type: 'boolean',
			default: false,
			displayOptions: { show: withoutSecret },
			description:
				'Whether deliveries count without a signature until NiCE has given you the secret. Once you have entered it, signatures are verified whatever this says.',
		},
		{
			displayName: 'Previous Signing Secret',
			name: 'previousSigningSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { hide: withoutSecret },
			description:
				'Only while you change the signing secret: the old one is accepted too until you clear this field. The credential test cannot check it, because Expert has no call for that.',
		},
		{
			displayName: 'Delivery Token (Optional)',
			name: 'deliveryToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. Bearer 6f1c…',
			description:
				'Whole Authorization value that Expert sends with each delivery. Leave it empty to have one generated for you.',
		},
	];

	/**
	 * A field, not a method: n8n copies this object and would lose a method, and with it "Custom API
	 * Call" and the credential type in the HTTP Request node.
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => authenticatedRequest(credentials, requestOptions, Date.now());
}
