// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiler/tune/Record.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <algorithm>

using namespace llvm;
using namespace cnnc;
using namespace cnnc::tune;

static constexpr int64_t kVersion = 1;

namespace cnnc::tune {

static bool fromJSON(const json::Value &value, Measurement &measurement, json::Path path) {
  json::ObjectMapper object(value, path);
  return object && object.map("algorithm", measurement.algorithm) &&
         object.map("nanoseconds", measurement.nanoseconds) && object.mapOptional("schedule", measurement.schedule) &&
         object.mapOptional("scheduleNanoseconds", measurement.scheduleNanoseconds);
}

static json::Value toJSON(int64_t number) { return number; }

template <typename Value> static json::Value toJSON(const std::map<std::string, Value> &map) {
  json::Object object;
  for (const auto &[key, value] : map)
    object[key] = toJSON(value);
  return object;
}

static json::Value toJSON(const Measurement &measurement) {
  json::Object object{{"algorithm", measurement.algorithm}, {"nanoseconds", toJSON(measurement.nanoseconds)}};
  if (measurement.schedule.empty())
    return object;
  object["schedule"] = measurement.schedule;
  object["scheduleNanoseconds"] = toJSON(measurement.scheduleNanoseconds);
  return object;
}

} // namespace cnnc::tune

/// The parser goes as deep as the text does; a record has four objects in one another and no array.
static bool isDeep(StringRef text) {
  constexpr int kDeepest = 8;
  int depth = 0, deepest = 0;
  for (char c : text) {
    depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    deepest = std::max(deepest, depth);
  }
  return deepest > kDeepest;
}

Expected<TuningRecord> cnnc::tune::parseTuningRecord(StringRef text) {
  if (isDeep(text))
    return createStringError("more objects in one another than a tuning record has");
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  int64_t version = 0;
  TuningRecord record;
  json::Path::Root root("record");
  json::ObjectMapper object(*value, root);
  if (!object || !object.map("version", version))
    return root.getError();
  if (version != kVersion)
    return createStringError(formatv("requires version {0}, but found {1}", kVersion, version));
  if (!object.map("machines", record.machines))
    return root.getError();
  return record;
}

void cnnc::tune::printTuningRecord(const TuningRecord &record, raw_ostream &os) {
  os << formatv("{0:2}\n", json::Value(json::Object{{"version", kVersion}, {"machines", toJSON(record.machines)}}));
}
