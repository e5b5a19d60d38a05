// SPDX-License-Identifier: GPL-3.0-or-later
// A second try that begins with the painting of the first: a person changed a setting and wants to
// see what it does, without waiting for all of the run again.

#pragma once

#include "helper/job/job.h"

namespace maniera {

// A job with a painting has no small scales: it is painted at the last two, in half of the steps
// that these take. At the last one alone strokes would hardly change. Other jobs come back as they
// are. Throws Error{unreadable_image} for a content whose size can't be read.
Job going_on(Job job);

} // namespace maniera
