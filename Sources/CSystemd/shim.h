#ifndef REMINDD_CSYSTEMD_H
#define REMINDD_CSYSTEMD_H
#include <systemd/sd-daemon.h>
#endif
