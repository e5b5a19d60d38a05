// SPDX-License-Identifier: GPL-3.0-or-later
// The reader thread puts requests into an inbox; the calling thread does them one after the other.

#include "helper/serve/serve.h"

#include "core/device/device.h"
#include "helper/files/folders.h"
#include "helper/job/report.h"
#include "helper/messages/message.h"
#include "helper/messages/protocol.h"
#include "helper/run/calibration.h"
#include "helper/run/run_job.h"
#include "helper/serve/run_notes.h"
#include "helper/serve/serve_frames.h"
#include "helper/serve/serve_parts.h"
#include "helper/serve/stdio_transport.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace maniera {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t most_waiting = 64; // requests

enum class StopWish { none, keep, discard };

struct Request {
    Message message;
    std::atomic<StopWish> stop{StopWish::none};
};

// The one reply that a request gets: whatever happens, not none and not two.
class Reply {
public:
    Reply(LineWriter& writer, json id) : writer_(&writer), id_(std::move(id)) {}
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    ~Reply() {
        if (writer_)
            fail(Error(ErrorCode::internal, "The request got no answer; this is a bug."));
    }

    void send(const ordered_json& result) {
        if (writer_)
            std::exchange(writer_, nullptr)->say(reply_line(id_, result));
    }
    void fail(const Error& error) {
        if (writer_)
            std::exchange(writer_, nullptr)->say(error_line(id_, error));
    }

private:
    LineWriter* writer_;
    json id_;
};

// Requests in the order they came, of which the first may be at work. Stopping reaches them all.
class Inbox {
public:
    // Refuses a request when too many wait.
    bool add(Message message) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (requests_.size() >= most_waiting)
            return false;
        requests_.push_back(std::make_shared<Request>());
        requests_.back()->message = std::move(message);
        news_.notify_one();
        return true;
    }

    // One that still waits has no picture to keep.
    void stop(const json& id, bool keep) {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const std::shared_ptr<Request>& request : requests_)
            if (request->message.id == id)
                request->stop = keep && at_work_ && request == requests_.front()
                                    ? StopWish::keep
                                    : StopWish::discard;
    }

    // Waits for the next; it stays until done() is called.
    std::shared_ptr<Request> next() {
        std::unique_lock<std::mutex> lock(mutex_);
        news_.wait(lock, [this] { return !requests_.empty(); });
        at_work_ = true;
        return requests_.front();
    }

    void done() {
        const std::lock_guard<std::mutex> lock(mutex_);
        at_work_ = false;
        requests_.pop_front();
    }

private:
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::shared_ptr<Request>> requests_;
    bool at_work_ = false;
};

class Server {
public:
    Server(int output, int memory) : writer_(output), memory_(memory) {
        start_reader([this](const std::string& line, bool too_long) { receive(line, too_long); });
    }

    [[noreturn]] void work() {
        for (;;) {
            const std::shared_ptr<Request> request = inbox_.next();
            Reply reply(writer_, request->message.id);
            try {
                if (request->stop == StopWish::discard)
                    throw Error(ErrorCode::stopped, "The request was stopped before it began.");
                reply.send(answer(*request));
            } catch (...) {
                reply.fail(current_error());
            }
            inbox_.done();
        }
    }

private:
    // On the reader thread.
    void receive(const std::string& line, bool too_long) {
        Message message;
        try {
            if (too_long)
                throw Error(ErrorCode::invalid_request, "A line is longer than " +
                                                            std::to_string(MANIERA_LINE_MAX) +
                                                            " bytes.");
            message = parse_message(line);
        } catch (const Error& error) {
            writer_.say(error_line(nullptr, error));
            return;
        }
        if (message.id.is_null()) {
            if (message.method == MANIERA_METHOD_STOP)
                inbox_.stop(message.params.value("id", json()),
                            message.params.value("keep", json()) == json(true));
            return; // others may come from a newer client
        }
        const json id = message.id;
        if (!inbox_.add(std::move(message)))
            writer_.say(
                error_line(id, Error(ErrorCode::invalid_request,
                                     "More than " + std::to_string(most_waiting) +
                                         " requests are waiting; read the replies first.")));
    }

    ordered_json answer(Request& request) {
        const std::string& method = request.message.method;
        if (method == MANIERA_METHOD_HELLO)
            return hello(request.message.params);
        if (!greeted_)
            throw Error(ErrorCode::invalid_request, "Say hello first.");
        if (method == MANIERA_METHOD_STYLIZE)
            return stylize(request);
        if (method == MANIERA_METHOD_FRAMES)
            return frames(request);
        if (method == MANIERA_METHOD_PARTS)
            return parts(request);
        if (method == MANIERA_METHOD_ESTIMATE)
            return members(estimate_job(job_of(request), models_));
        throw Error(ErrorCode::invalid_request, "There is no request \"" + method.substr(0, 80) +
                                                    "\" in protocol " +
                                                    std::to_string(MANIERA_PROTOCOL) + ".");
    }

    ordered_json hello(const json& params) {
        const json protocol = params.value("protocol", json());
        if (protocol != json(MANIERA_PROTOCOL))
            throw Error(ErrorCode::protocol_mismatch,
                        "This is Maniera " MANIERA_VERSION " with protocol " +
                            std::to_string(MANIERA_PROTOCOL) + ", and the client asks for " +
                            (protocol.is_number_integer() ? protocol.dump() : "none") +
                            "; install the same version of both.");
        greeted_ = true;
        return {{"protocol", MANIERA_PROTOCOL},
                {"version", MANIERA_VERSION},
                {"devices", list_of(list_devices())},
                {"models", list_of(list_models(model_folders()))}};
    }

    static const json& job_member(const Request& request) {
        const json& params = request.message.params;
        if (!params.contains("job"))
            throw Error(ErrorCode::invalid_request, "The request has no job.");
        return params["job"];
    }

    static Job job_of(const Request& request) { return job_from_message(job_member(request)); }

    ordered_json stylize(Request& request) {
        using Clock = std::chrono::steady_clock;
        const Clock::time_point start = Clock::now();
        const Job job = job_of(request);
        RunNotes notes(request.message.id, writer_);
        Listener listener;
        listener.progress = [&](const Progress& progress, const MakePreview& preview) {
            return notes.progress_is_due() &&
                   notes.progress(ordered_json::object(), progress, preview());
        };
        listener.stop = [&] {
            if (request.stop == StopWish::discard)
                throw Error(ErrorCode::stopped, "The run was stopped.");
            return request.stop == StopWish::keep;
        };
        listener.notice = [&](Notice kind, const std::string& text) { notes.log(kind, text); };
        const Result result = run_job(job, memory_, models_, listener);
        ordered_json reply = members(result, models_.last().manifest);
        reply["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
        return reply;
    }

    ordered_json frames(Request& request) {
        const Frames asked = frames_from_message(job_member(request), request.message.params);
        FramesSummary summary;
        FramesReport report(request.message.id, asked.recipe, memory_, summary, writer_);
        FramesListener listener = report.listener();
        listener.stop = [&] { return request.stop != StopWish::none; };
        run_frames(asked, listener, summary, memory_);
        if (request.stop == StopWish::discard || (summary.stopped && summary.painted == 0))
            throw Error(ErrorCode::stopped, "The run was stopped.");
        return {{"complete", !summary.stopped},
                {"frames", summary.frames},
                {"painted", summary.painted + summary.skipped},
                {"seconds", summary.seconds},
                {"model", {{"name", summary.model.name}, {"sha256", summary.model.sha256}}}};
    }

    ordered_json parts(Request& request) {
        RunNotes notes(request.message.id, writer_);
        Listener listener;
        listener.stop = [&] { return request.stop != StopWish::none; };
        listener.notice = [&](Notice kind, const std::string& text) { notes.log(kind, text); };
        return find_and_map_parts(job_of(request), maps_from_message(request.message.params),
                                  memory_, models_, listener);
    }

    LineWriter writer_;
    SharedMemory memory_;
    Inbox inbox_;
    ModelCache models_;
    bool greeted_ = false;
};

} // namespace

int serve() {
    // Before anything can print or open a file: what libraries say goes to standard error.
    const int output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
    const int memory = fcntl(MANIERA_MEMORY_FD, F_DUPFD_CLOEXEC, 10);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    static Server server(output, memory);
    server.work();
}

} // namespace maniera
