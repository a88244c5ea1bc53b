# A RabbitMQ of one's own on this machine: private ports on 127.0.0.1, all its files in one directory; sourced after
# common.sh. It runs as user rabbitmq, as the package's does.
# shellcheck shell=bash

# rabbit_start DIR: starts it; sets RABBIT_PORT and RABBIT_URI (user and password as Nova's testbeds have them)
rabbit_start() {
    local dir=$1 epmd_port distribution_port
    mkdir -p "$dir"/{home,db,log}
    RABBIT_PORT=$(free_port)
    epmd_port=$(free_port)
    distribution_port=$(free_port)
    # shellcheck disable=SC2034
    RABBIT_URI=amqp://openstack:secret@127.0.0.1:$RABBIT_PORT/%2F
    # a fresh database gets the default user, so that no rabbitmqctl (seconds each) is needed
    cat >"$dir/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$RABBIT_PORT
default_user = openstack
default_pass = secret
CONF
    echo '[].' >"$dir/enabled_plugins"
    cat >"$dir/environment" <<ENV
export HOME=$dir/home RABBITMQ_NODENAME=dev$RABBIT_PORT@localhost RABBITMQ_DIST_PORT=$distribution_port
export RABBITMQ_CONFIG_FILE=$dir/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins
export RABBITMQ_MNESIA_BASE=$dir/db RABBITMQ_LOG_BASE=$dir/log RABBITMQ_PID_FILE=$dir/pid
export ERL_EPMD_PORT=$epmd_port ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
ENV
    chown -R rabbitmq: "$dir"
    RABBIT_DIR=$dir
    RABBIT_EPMD_PORT=$epmd_port
    rabbit_run
}

# rabbit_run: starts it again after rabbit_stop, on the same ports with the same files
rabbit_run() {
    # shellcheck disable=SC2016
    setsid setpriv --reuid rabbitmq --regid rabbitmq --init-groups env -i PATH="$PATH" LANG=C.UTF-8 bash -c '. "$1"/environment; exec /usr/lib/rabbitmq/bin/rabbitmq-server' - "$RABBIT_DIR" \
        </dev/null >>"$RABBIT_DIR/server.log" 2>&1 &
    RABBIT_PID=$!
}

# rabbit_ready: waits until it takes connections
rabbit_ready() {
    until_true 90 port_answers "$RABBIT_PORT" || die "RabbitMQ does not answer on port $RABBIT_PORT"
}

# rabbit_stop: ends it and the epmd that it started
rabbit_stop() {
    [ -n "${RABBIT_PID:-}" ] || return 0
    kill -TERM -- "-$RABBIT_PID" 2>/dev/null || true
    until_true 15 is_gone "-$RABBIT_PID" || kill -KILL -- "-$RABBIT_PID" 2>/dev/null || true
    until_true 5 epmd -port "$RABBIT_EPMD_PORT" -kill || true
    RABBIT_PID=''
}
