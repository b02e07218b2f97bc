{{- define "sallyport.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a component; never changes, since a Deployment's selector may not. (list . "edge") */}}
{{- define "sallyport.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "sallyport.labels" -}}
{{- $root := index . 0 -}}
{{ include "sallyport.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: sallyport
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* (list . .Values.edge) */}}
{{- define "sallyport.image" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $repository := $component.repository -}}
{{- with $root.Values.image.registry }}{{ $repository = printf "%s/%s" (trimSuffix "/" .) $repository }}{{ end -}}
{{- if $component.digest -}}
{{ printf "%s@%s" $repository $component.digest }}
{{- else -}}
{{ printf "%s:%s" $repository (default $root.Chart.AppVersion $root.Values.image.tag) }}
{{- end -}}
{{- end -}}

{{- define "sallyport.pkiHost" -}}
{{ include "sallyport.fullname" . }}-pki.{{ .Release.Namespace }}.svc
{{- end -}}

{{- define "sallyport.pkiUrl" -}}
{{- if .Values.pki.url -}}
{{ .Values.pki.url }}
{{- else -}}
https://{{ include "sallyport.pkiHost" . }}:7443
{{- end -}}
{{- end -}}

{{- define "sallyport.regionalHost" -}}
{{- default (printf "%s-regional.%s.svc" (include "sallyport.fullname" .) .Release.Namespace) .Values.edge.upstream.host -}}
{{- end -}}

{{/* Pod level "restricted" (Pod Security Standards). */}}
{{- define "sallyport.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "sallyport.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Probes on the management port. Liveness asks for the process alone: not for PKI, certificates or origin. */}}
{{- define "sallyport.probes" -}}
startupProbe:
  httpGet: {path: /actuator/health/liveness, port: management}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /actuator/health/liveness, port: management}
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /actuator/health/readiness, port: management}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end -}}

{{/* Where pods go: (list . "edge" .Values.edge) */}}
{{- define "sallyport.placement" -}}
{{- $root := index . 0 -}}
{{- $component := index . 2 -}}
{{- with $component.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if dig "topologySpread" "enabled" false $component }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $component.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "sallyport.selector" (list $root (index $ 1)) | nindent 8 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The settings of a gate: (list . "edge" .Values.edge); the node's name stands in the environment. */}}
{{- define "sallyport.identityConfig" -}}
{{- $root := index . 0 -}}
{{- $identity := (index . 2).identity -}}
{{- if eq $identity.mode "token" }}
node:
  state: /var/lib/sallyport
pki:
  url: {{ include "sallyport.pkiUrl" $root | quote }}
  token-file: /enrolment/${sallyport.node.id}.token
{{- else }}
node:
  key: /identity/tls.key
  chain: /identity/tls.crt
  trust: /identity/ca.crt
  {{- if and (eq $identity.mode "secret") $identity.crl }}
  crl: /identity/ca.crl
  {{- end }}
{{- end }}
{{- end -}}

{{- define "sallyport.identityVolumes" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $identity := (index . 2).identity -}}
{{- if eq $identity.mode "token" }}
- name: enrolment
  secret:
    secretName: {{ required (printf "%s.identity.tokenSecret must name the Secret with the one-time tokens (identity.mode is token)" $name) $identity.tokenSecret }}
    defaultMode: 0440
    optional: true
{{- else if eq $identity.mode "secret" }}
- name: identity
  secret:
    secretName: {{ required (printf "%s.identity.secretName must name a Secret with tls.crt, tls.key and ca.crt (identity.mode is secret)" $name) $identity.secretName }}
    defaultMode: 0440
{{- else }}
- name: identity
  secret:
    secretName: {{ include "sallyport.fullname" $root }}-{{ $name }}-node
    defaultMode: 0440
{{- end }}
{{- end -}}

{{- define "sallyport.identityMounts" -}}
{{- if eq (index . 2).identity.mode "token" }}
- {name: state, mountPath: /var/lib/sallyport}
- {name: enrolment, mountPath: /enrolment, readOnly: true}
{{- else }}
- {name: identity, mountPath: /identity, readOnly: true}
{{- end }}
{{- end -}}

{{/* A Java memory setting in bytes: "384m", "1g", "256MB". */}}
{{- define "sallyport.bytes" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- $unit := regexFind "[a-zA-Z]" . | lower -}}
{{- if eq $unit "k" }}{{ mul $number 1024 }}{{ else if eq $unit "m" }}{{ mul $number 1048576 }}{{ else if eq $unit "g" }}{{ mul $number 1073741824 }}{{ else }}{{ $number }}{{ end -}}
{{- end -}}

{{- define "sallyport.javaOptions" -}}
{{- $jvm := (index . 2).jvm -}}
-Xmx{{ $jvm.heap }}
{{- with $jvm.direct }} -XX:MaxDirectMemorySize={{ . }}{{ end }}
{{- with $jvm.options }} {{ . }}{{ end }}
{{- end -}}

{{/* What no schema can say, since it is about two values at once. (list . "edge" .Values.edge) */}}
{{- define "sallyport.checkGate" -}}
{{- $name := index . 1 -}}
{{- $gate := index . 2 -}}
{{- $cache := include "sallyport.bytes" $gate.cache.memory | int64 -}}
{{- if le (include "sallyport.bytes" $gate.jvm.direct | int64) $cache -}}
{{- fail (printf "%s.jvm.direct (%s) must be more than %s.cache.memory (%s): bodies lie outside the heap" $name $gate.jvm.direct $name $gate.cache.memory) -}}
{{- end -}}
{{- if gt (include "sallyport.bytes" $gate.cache.maxObject | int64) $cache -}}
{{- fail (printf "%s.cache.maxObject (%s) must not be more than %s.cache.memory (%s)" $name $gate.cache.maxObject $name $gate.cache.memory) -}}
{{- end -}}
{{- if and (eq $gate.identity.mode "certManager") (not (hasKey $gate.identity.issuerRef "name")) -}}
{{- fail (printf "%s.identity.issuerRef.name must name the issuer of node certificates (identity.mode is certManager)" $name) -}}
{{- end -}}
{{- $root := index . 0 -}}
{{- if and (eq $gate.identity.mode "token") (not $root.Values.pki.enabled) (not $root.Values.pki.url) -}}
{{- fail (printf "pki.url must say where nodes enrol, since pki.enabled is false and %s.identity.mode is token" $name) -}}
{{- end -}}
{{- end -}}

{{- define "sallyport.managementPort" -}}
{{- get (dict "edge" "8081" "regional" "9081" "pki" "7081") . -}}
{{- end -}}

{{/* The management port is reached from outside the pod, so it asks for a token; the kubelet's probes need none. */}}
{{- define "sallyport.managementVolume" -}}
- name: management
  secret:
    secretName: {{ required "management.tokenSecret must name a Secret whose key token holds 32 or more characters; make it with: kubectl create secret generic management-token --from-literal=token=$(openssl rand -hex 32)" .Values.management.tokenSecret }}
    defaultMode: 0440
    items:
      - {key: token, path: token}
{{- end -}}

{{/* A pod that runs the health check of an image once; args follow. */}}
{{- define "sallyport.testPod" -}}
{{- $root := index . 0 -}}
restartPolicy: Never
automountServiceAccountToken: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- include "sallyport.podSecurity" $root | nindent 2 }}
containers:
  - name: test
    image: {{ include "sallyport.image" (list $root (get $root.Values (index . 1))) }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    command: [java, -XX:TieredStopAtLevel=1, -XX:+UseSerialGC, -Xmx16m]
    securityContext:
      {{- include "sallyport.containerSecurity" $root | nindent 6 }}
    resources:
      requests: {cpu: 50m, memory: 64Mi}
      limits: {memory: 64Mi}
{{- end -}}
