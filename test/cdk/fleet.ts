/** Three deployable clusters, one of them in another account, and one that is for `foretide run` only. */
export const FLEET = `
clusters:
  - { name: prod-use1, region: us-east-1, prometheus: { ampWorkspaceId: ws-12345678-abcd } }
  - { name: spoke-use1, region: us-east-1, account: "444455556666", roleArn: "arn:aws:iam::444455556666:role/foretide-spoke" }
  - { name: prod-euw1, region: eu-west-1, prometheus: { url: "https://prometheus.example.com", bearerSecret: foretide/prometheus } }
  - { name: dev, kubeconfig: { context: dev } }
workloads:
  - { name: chat, cluster: prod-use1, target: { kind: ScaledObject, namespace: inference, name: llama-8b }, bounds: { min: 2, max: 40 }, demand: { cloudwatch: { namespace: AWS/ApplicationELB, metricName: RequestCount } } }
  - { name: spoken, cluster: spoke-use1, target: { kind: ScaledObject, namespace: inference, name: whisper }, bounds: { min: 1, max: 10 } }
calendar:
  sources:
    - { file: events.yaml }
    - { file: "calendars/it's spring.yaml" }
    - { s3: "s3://acme-calendars/launches.ics" }
    - { changeCalendar: "arn:aws:ssm:us-east-1:111122223333:document/peak-days", workloads: [chat], floor: 10 }
notifications:
  pager: { snsTopicArn: "arn:aws:sns:us-east-1:111122223333:pager" }
`;

export const FLEET_FILES = {
  'foretide.yaml': FLEET,
  'events.yaml': '- { name: launch, workloads: [chat], start: 2026-12-01T09:00Z, duration: 2h, floor: 10 }\n',
  "calendars/it's spring.yaml": 'events: []\n',
};
