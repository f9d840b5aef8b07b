import type { Credential, N8nClient } from '../../n8n/client.mts';
import { jiraCredential } from './jira.mts';
import type { OutsideWorld } from './outside-world.mts';
import { slackCredential } from './slack.mts';

/** What a person has entered for each service of the outside world. */
export async function createOutsideCredentials(
	client: N8nClient,
	{ mail }: OutsideWorld,
): Promise<Credential[]> {
	return [
		await client.createCredential('Slack', 'slackApi', slackCredential),
		await client.createCredential('Jira', 'jiraSoftwareCloudApi', jiraCredential),
		await client.createCredential('Mail', 'smtp', mail.credential),
	];
}
