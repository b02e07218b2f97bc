# shellcheck shell=bash disable=SC2034,SC2154 # read by bench/run, which this file is a part of
# The origin, the certificates, our gates and the peers of bench/run: how each is started and configured.

# --- the origin: three objects that may be stored for an hour
start_origin() {
  port; origin=127.0.0.1:$REPLY
  mkdir -p "$work/origin/www"
  local size
  for size in 1024 65536 1048576; do
    head -c "$size" /dev/urandom | base64 -w0 >"$work/origin/www/$size"
    truncate -s "$size" "$work/origin/www/$size"
  done
  cat >"$work/origin/nginx.conf" <<EOF
user root; worker_processes 1; daemon off; pid $work/origin/pid; error_log stderr;
events { worker_connections 1024; }
http {
  access_log off; default_type text/plain; keepalive_requests 1000000;
  server { listen $origin; root $work/origin/www; add_header Cache-Control max-age=3600;
    add_header Pair-Cache-Control no-store;
    location /object/ { return 200 "$(head -c 1024 "$work/origin/www/1024")"; } }
}
EOF
  on "$LOAD_CORE" "$work/origin.log" nginx -c "$work/origin/nginx.conf" -e stderr
  await origin "$work/origin.log" "http://$origin/1024"
}

# The pair and its PKI in one process; its pid is in $! afterwards.
quickstart() { # name, cores
  local options=() option deadline=$((SECONDS + 180))
  for option in edge.port edge.http-port edge.management-port regional.port regional.management-port pki.port pki.admin-port \
    pki.management-port; do
    options+=("--$option=0")
  done
  on "$2" "$work/$1.log" "$java" -Dreactor.netty.ioWorkerCount=1 -jar "$root/quickstart/target/quickstart.jar" \
    --state="$work/$1" --origin="http://$origin" "${options[@]}"
  until [[ -f $work/$1/endpoints.json ]]; do
    ((SECONDS < deadline)) || fail "$1: the quickstart was not ready:" "$work/$1.log"
    sleep 0.5
  done
}

# --- Sallyport: the quickstart makes the certificates of all, then the gates run on their own
start_identities() {
  quickstart state "$SERVER_CORE,$LOAD_CORE"
  kill "$!"
  wait "$!" || true
  customer=$work/state/customer
  cat "$customer/chain.pem" "$customer/key.pem" >"$work/customer.pem"
  cat "$work/state/nodes/regional-1/chain.pem" "$work/state/nodes/regional-1/key.pem" >"$work/regional.pem"
}

of_image=()
options_of_image=(-XX:+UseG1GC -XX:+UseCompactObjectHeaders -XX:TrimNativeHeapInterval=15000 -XX:InitialHeapSize=192m
  -XX:MinHeapSize=16m -XX:MaxHeapFreeRatio=60 -XX:G1PeriodicGCInterval=15000 -XX:MetaspaceSize=64m
  -Djdk.reflect.useNativeAccessorOnly=true -XX:+ExitOnOutOfMemoryError)

# A JVM that is given a second core to start with takes itself for one of a single core none the less.
gate() { # name, node, module, port, upstream, cores, further settings
  local name=$1 node=$2 module=$3 port=$4 upstream=$5 core=$6 management
  shift 6
  port; management=$REPLY
  local routes='spring.cloud.gateway.server.webflux.routes[0]'
  on "$core" "$work/$name.log" "$java" -XX:ActiveProcessorCount=1 -Dreactor.netty.ioWorkerCount=1 -XX:MaxDirectMemorySize=4g \
    "-Xlog:safepoint:file=$work/$name.safepoints" --enable-native-access=ALL-UNNAMED \
    "${of_image[@]}" -jar "${unpacked:-$root/$module/target}/$module.jar" \
    --server.address=127.0.0.1 "--server.port=$port" "--management.server.port=$management" \
    "--sallyport.access-log=${access_log:-off}" "--sallyport.node.id=$node" \
    "--$routes.id=all" "--$routes.uri=$upstream" "--$routes.predicates[0]=Path=/**" "$@"
}

files_of() { # node
  local node=$work/state/nodes/$1
  printf -- '--%s\n' "sallyport.node.key=$node/key.pem" "sallyport.node.chain=$node/chain.pem" "sallyport.node.trust=$node/trust.pem"
}

edge() { # name, port, upstream, core, further settings
  local name=$1 port=$2 upstream=$3 core=$4 material
  shift 4
  mapfile -t material < <(files_of edge-1)
  gate "$name" edge-1 edge-gateway "$port" "$upstream" "$core" "${material[@]}" --sallyport.edge.http-port=-1 \
    "--spring.ssl.bundle.pem.customer.keystore.certificate=$customer/chain.pem" \
    "--spring.ssl.bundle.pem.customer.keystore.private-key=$customer/key.pem" "$@"
}

cached='--spring.cloud.gateway.server.webflux.routes[0].filters[0]=HttpCache'

start_sallyport() {
  port; plain[sallyport]=$REPLY
  edge sallyport "$REPLY" "http://$origin" "$SERVER_CORE" "$cached" --server.ssl.enabled=false \
    --server.http2.enabled=false --sallyport.cache.memory=3GB
  pid_of[sallyport.plain]=$!
}

start_sallyport_tls() {
  port; tls[sallyport]=$REPLY
  edge sallyport-tls "$REPLY" "http://$origin" "$SERVER_CORE,$LOAD_CORE" "$cached"
  pid_of[sallyport.tls]=$!
}

# As its image starts it: unpacked, with an AOT cache that an earlier start has left (JEP 514), and the image's options.
start_trained() {
  local unpacked=$work/unpacked
  local -a of_image=("${options_of_image[@]}" "-XX:AOTCache=$work/edge.aot" -XX:+UnlockDiagnosticVMOptions
    "-XX:CompilerDirectivesFile=$root/gateway-common/src/main/resources/io/sallyport/gateway/start.directives")
  port; plain[trained]=$REPLY
  edge trained "$REPLY" "http://$origin" "$SERVER_CORE" "$cached" --server.ssl.enabled=false --server.http2.enabled=false
}

train() {
  local unpacked=$work/unpacked training at
  local -a of_image=("${options_of_image[@]}" "-XX:AOTCacheOutput=$work/edge.aot")
  "$java" -Djarmode=tools -jar "$root/edge-gateway/target/edge-gateway.jar" extract --destination "$unpacked"
  "$java" "$root/images/Unsign.java" "$unpacked/lib"
  port; at=$REPLY
  edge training "$at" "http://$origin" "$SERVER_CORE,$LOAD_CORE" "$cached" --server.ssl.enabled=false --server.http2.enabled=false
  training=$!
  await training "$work/training.log" "http://127.0.0.1:$at/1024"
  kill "$training"
  wait "$training" || true
  [[ -f $work/edge.aot ]] || fail 'the JVM left no AOT cache' "$work/training.log"
}

# The quickstart's edge, as it is started without options for the JVM.
start_quickstart() {
  quickstart quickstart "$SERVER_CORE"
  pid_of[sallyport.whole]=$!
  whole[sallyport]=$(jq -r .edge "$work/quickstart/endpoints.json" | sed 's/.*://')
  pid_of[nginx.whole]=${pid_of[nginx.tls]}
  whole[nginx]=${tls[nginx]}
}

# The same once more, with a line in a log for each request.
start_logged() {
  port; logged[sallyport]=$REPLY
  access_log=combined edge sallyport-logged "$REPLY" "http://$origin" "$SERVER_CORE,$LOAD_CORE" "$cached"
  pid_of[sallyport.logged]=$!

  port; logged[trafficserver]=$REPLY
  traffic_server trafficserver-logged <<EOF
CONFIG proxy.config.http.server_ports STRING ${logged[trafficserver]}:ssl:ip-in=127.0.0.1
CONFIG proxy.config.log.logging_enabled INT 3
EOF
  cat >"$etc_of/logging.yaml" <<'EOF'
logging:
  formats:
    - name: combined
      format: '%<chi> - %<caun> [%<cqtn>] "%<cqtx>" %<pssc> %<pscl> "%<{Referer}cqh>" "%<{User-Agent}cqh>"'
  logs:
    - filename: access
      format: combined
EOF
  echo "dest_ip=* ssl_cert_name=$work/customer.pem" >"$etc_of/ssl_multicert.config"
  echo "map / http://$origin/" >"$etc_of/remap.config"
  on "$SERVER_CORE" "$work/trafficserver-logged.log" traffic_server --run-root="$work/trafficserver-logged"
  pid_of[trafficserver.logged]=$!
}

start_bare() {
  port; plain[bare]=$REPLY
  on "$SERVER_CORE" "$work/bare.log" "$java" -Dreactor.netty.ioWorkerCount=1 --enable-native-access=ALL-UNNAMED \
    -jar "$root/bench/target/bench.jar" bare --port="$REPLY" --body="$work/origin/www"
  pid_of[bare.plain]=$!
}

# --- the peers, caching in memory, one core
start_nginx() {
  port; plain[nginx]=$REPLY
  port; tls[nginx]=$REPLY
  port; logged[nginx]=$REPLY
  mkdir -p "$work/nginx"
  local cache
  cache=$(mktemp -d /dev/shm/sallyport-bench.XXXXXX)
  shm+=("$cache")
  cat >"$work/nginx/nginx.conf" <<EOF
user root; worker_processes 1; daemon off; pid $work/nginx/pid; error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 100000000; sendfile on; tcp_nopush on;
  proxy_cache_path $cache levels=1:2 keys_zone=c:256m max_size=8g inactive=1h;
  proxy_cache c; proxy_cache_key \$scheme\$host\$request_uri; proxy_http_version 1.1; proxy_set_header Connection "";
  add_header X-Cache \$upstream_cache_status;
  ssl_certificate $work/customer.pem; ssl_certificate_key $work/customer.pem; ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:s:10m;
  server { listen 127.0.0.1:${plain[nginx]}; location / { proxy_pass http://$origin; } }
  server { listen 127.0.0.1:${tls[nginx]} ssl http2 backlog=8192; location / { proxy_pass http://$origin; } }
  server {
    listen 127.0.0.1:${logged[nginx]} ssl; access_log $work/nginx/access.log combined buffer=64k flush=1s;
    location / { proxy_pass http://$origin; }
  }
}
EOF
  on "$SERVER_CORE" "$work/nginx.log" nginx -c "$work/nginx/nginx.conf" -e stderr
  pid_of[nginx.plain]=$! pid_of[nginx.tls]=$! pid_of[nginx.logged]=$!
}

traffic_server() { # name, further records on stdin
  local name=$1 home=$work/$1 etc=$work/$1/etc directory
  mkdir -p "$etc" "$home/cache" "$home/run" "$home/log" "$home/lib"
  for directory in prefix:. exec_prefix:. bindir:bin sbindir:bin sysconfdir:etc datadir:cache includedir:lib libdir:lib \
    libexecdir:lib localstatedir:. runtimedir:run logdir:log cachedir:cache; do
    echo "${directory%%:*}: $home/${directory#*:}"
  done >"$home/runroot.yaml"
  etc_of=$etc
  echo "$home/cache 4G" >"$etc/storage.config"
  printf 'ip_allow:\n  - {apply: in, ip_addrs: 127.0.0.1, action: allow, methods: ALL}\n' >"$etc/ip_allow.yaml"
  {
    echo 'CONFIG proxy.config.log.logging_enabled INT 0'
    cat
  } >"$etc/records.config"
  cat >>"$etc/records.config" <<EOF
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 1
CONFIG proxy.config.accept_threads INT 0
CONFIG proxy.config.task_threads INT 1
CONFIG proxy.config.cache.ram_cache.size INT 4294967296
CONFIG proxy.config.http.insert_response_via_str INT 1
CONFIG proxy.config.http.keep_alive_no_activity_timeout_in INT 600
CONFIG proxy.config.admin.user_id STRING #-1
CONFIG proxy.config.net.connections_throttle INT 16000
CONFIG proxy.config.net.listen_backlog INT 8192
CONFIG proxy.config.http.cache.required_headers INT 2
CONFIG proxy.config.url_remap.pristine_host_hdr INT 1
EOF
}

start_traffic_server() {
  port; plain[trafficserver]=$REPLY
  port; tls[trafficserver]=$REPLY
  traffic_server trafficserver <<EOF
CONFIG proxy.config.http.server_ports STRING ${plain[trafficserver]}:ip-in=127.0.0.1 ${tls[trafficserver]}:ssl:ip-in=127.0.0.1
CONFIG proxy.config.http2.max_concurrent_streams_in INT 1000
EOF
  echo "dest_ip=* ssl_cert_name=$work/customer.pem" >"$etc_of/ssl_multicert.config"
  echo "map / http://$origin/" >"$etc_of/remap.config"
  on "$SERVER_CORE" "$work/trafficserver.log" traffic_server --run-root="$work/trafficserver"
  pid_of[trafficserver.plain]=$! pid_of[trafficserver.tls]=$!
}

start_varnish() {
  port; plain[varnish]=$REPLY
  port; tls[varnish]=$REPLY
  mkdir -p "$work/varnish"
  cat >"$work/varnish/vcl" <<EOF
vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "${origin#*:}"; }
EOF
  on "$SERVER_CORE" "$work/varnish.log" varnishd -F -n "$work/varnish/n" -f "$work/varnish/vcl" -a "127.0.0.1:${plain[varnish]}" \
    -s malloc,4g -p thread_pools=1 -p thread_pool_min=100 -p feature=+http2
  pid_of[varnish.plain]=$!
  on "$SERVER_CORE" "$work/hitch.log" hitch --backend="[127.0.0.1]:${plain[varnish]}" --frontend="[127.0.0.1]:${tls[varnish]}" \
    --workers=1 --user=nobody --alpn-protos=http/1.1 "$work/customer.pem"
  pid_of[varnish.tls]=$!
}

start_haproxy() {
  port; plain[haproxy]=$REPLY
  port; tls[haproxy]=$REPLY
  cat >"$work/haproxy.cfg" <<EOF
global
  nbthread 1
  maxconn 8000
  tune.bufsize 32768
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 60s
cache c
  total-max-size 2047
  max-object-size 4194304
  max-age 3600
frontend f
  bind 127.0.0.1:${plain[haproxy]}
  bind 127.0.0.1:${tls[haproxy]} ssl crt $work/customer.pem alpn h2,http/1.1
  http-request cache-use c
  http-response cache-store c
  default_backend o
backend o
  server o $origin
EOF
  on "$SERVER_CORE" "$work/haproxy.log" haproxy -db -f "$work/haproxy.cfg"
  pid_of[haproxy.plain]=$! pid_of[haproxy.tls]=$!
}

# --- a pair of each: the outer one only hands on, over mTLS, what the inner one has stored; Sallyport's looks for it as well
start_pairs() {
  local regional material edge
  port; regional=$REPLY
  mapfile -t material < <(files_of regional-1)
  gate sallyport-regional regional-1 regional-gateway "$regional" "http://$origin" "$SERVER_CORE,$LOAD_CORE" "${material[@]}" "$cached"
  mtls[sallyport]=$regional
  pid_of[sallyport.inner]=$!
  port; pair[sallyport]=$REPLY
  edge sallyport-pair "$REPLY" "https://localhost:$regional" "$SERVER_CORE,$LOAD_CORE" "$cached" \
    --sallyport.cache.targeted-fields=Pair-Cache-Control
  pid_of[sallyport.outer]=$!

  port; regional=$REPLY
  mtls[nginx]=$regional
  port; pair[nginx]=$REPLY
  edge=$work/state/nodes/edge-1
  mkdir -p "$work/nginx-pair"
  local cache
  cache=$(mktemp -d /dev/shm/sallyport-bench.XXXXXX)
  shm+=("$cache")
  cat >"$work/nginx-pair/inner.conf" <<EOF
user root; worker_processes 1; daemon off; pid $work/nginx-pair/inner.pid; error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 100000000;
  proxy_cache_path $cache levels=1:2 keys_zone=c:256m max_size=8g inactive=1h;
  proxy_cache c; proxy_http_version 1.1; proxy_set_header Connection "";
  ssl_certificate $work/regional.pem; ssl_certificate_key $work/regional.pem;
  ssl_client_certificate $edge/trust.pem; ssl_verify_client on; ssl_verify_depth 3; ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 127.0.0.1:$regional ssl; location / { proxy_pass http://$origin; } }
}
EOF
  cat >"$work/nginx-pair/outer.conf" <<EOF
user root; worker_processes 1; daemon off; pid $work/nginx-pair/outer.pid; error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 100000000;
  upstream inner { server 127.0.0.1:$regional; keepalive 128; keepalive_requests 100000000; }
  proxy_http_version 1.1; proxy_set_header Connection "";
  proxy_ssl_certificate $edge/chain.pem; proxy_ssl_certificate_key $edge/key.pem;
  proxy_ssl_trusted_certificate $edge/trust.pem; proxy_ssl_verify on; proxy_ssl_verify_depth 3; proxy_ssl_name localhost;
  proxy_ssl_protocols TLSv1.2 TLSv1.3; ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate $work/customer.pem; ssl_certificate_key $work/customer.pem;
  server { listen 127.0.0.1:${pair[nginx]} ssl http2; location / { proxy_pass https://inner; } }
}
EOF
  on "$SERVER_CORE" "$work/nginx-inner.log" nginx -c "$work/nginx-pair/inner.conf" -e stderr
  pid_of[nginx.inner]=$!
  on "$SERVER_CORE" "$work/nginx-outer.log" nginx -c "$work/nginx-pair/outer.conf" -e stderr
  pid_of[nginx.outer]=$!

  port; regional=$REPLY
  mtls[trafficserver]=$regional
  port; pair[trafficserver]=$REPLY
  traffic_server ats-inner <<EOF
CONFIG proxy.config.http.server_ports STRING $regional:ssl:ip-in=127.0.0.1
CONFIG proxy.config.ssl.client.certification_level INT 2
CONFIG proxy.config.ssl.CA.cert.filename STRING $edge/trust.pem
CONFIG proxy.config.ssl.CA.cert.path STRING /
EOF
  echo "dest_ip=* ssl_cert_name=$work/regional.pem" >"$etc_of/ssl_multicert.config"
  echo "map / http://$origin/" >"$etc_of/remap.config"
  on "$SERVER_CORE" "$work/ats-inner.log" traffic_server --run-root="$work/ats-inner"
  pid_of[trafficserver.inner]=$!
  traffic_server ats-outer <<EOF
CONFIG proxy.config.http.server_ports STRING ${pair[trafficserver]}:ssl:ip-in=127.0.0.1
CONFIG proxy.config.http.cache.http INT 0
CONFIG proxy.config.ssl.client.verify.server.policy STRING ENFORCED
CONFIG proxy.config.ssl.client.verify.server.properties STRING SIGNATURE
CONFIG proxy.config.ssl.client.CA.cert.filename STRING $edge/trust.pem
CONFIG proxy.config.ssl.client.CA.cert.path STRING /
CONFIG proxy.config.ssl.client.cert.filename STRING $edge/chain.pem
CONFIG proxy.config.ssl.client.cert.path STRING /
CONFIG proxy.config.ssl.client.private_key.filename STRING $edge/key.pem
CONFIG proxy.config.ssl.client.private_key.path STRING /
EOF
  echo "dest_ip=* ssl_cert_name=$work/customer.pem" >"$etc_of/ssl_multicert.config"
  echo "map / https://127.0.0.1:$regional/" >"$etc_of/remap.config"
  on "$SERVER_CORE" "$work/ats-outer.log" traffic_server --run-root="$work/ats-outer"
  pid_of[trafficserver.outer]=$!
}

