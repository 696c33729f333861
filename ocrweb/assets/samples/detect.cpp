// detect model.onnx picture.jpg: text boxes with ONNX Runtime and OpenCV alone; prints x1,y1,…,x4,y4,score a line.
#include <onnxruntime_cxx_api.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include "input.hpp"
#include "tiles.hpp"

int main(int count, char** words) {
  if (count < 3) return std::fprintf(stderr, "detect model.onnx picture.jpg\n"), 2;
  Ort::Env environment(ORT_LOGGING_LEVEL_ERROR); Ort::Session session(environment, words[1], Ort::SessionOptions());
  Ort::AllocatorWithDefaultOptions memory; Ort::ModelMetadata data = session.GetModelMetadata();
  auto card = [&](const char* key) { return numbers(data, memory, key); };
  const auto mean = card("mean"), deviation = card("std"), size = card("size");
  const double threshold = card("threshold")[0], least = card("box_threshold")[0], unclip = card("unclip_ratio")[0];
  const bool longest = std::string(data.LookupCustomMetadataMapAllocated("limit_type", memory).get()) == "max";
  const cv::Mat original = cv::imread(words[2], cv::IMREAD_COLOR);
  if (original.empty()) return std::fprintf(stderr, "%s cannot be read\n", words[2]), 1;
  const cv::Mat picture = on_canvas(original);
  const double side = card("limit_side")[0], high = picture.rows, wide = picture.cols, limit = longest ? std::min<double>(side, LARGEST) : LARGEST;
  double ratio = longest ? std::min(1.0, side / std::max(high, wide)) : std::max(1.0, side / std::min(high, wide));
  if (!size.empty())
    ratio = int(std::max(high, wide) * std::min({1.0, size[0] / high, size[1] / wide})) / std::max(high, wide);
  auto from = session.GetInputNameAllocated(0, memory), to = session.GetOutputNameAllocated(0, memory);
  const char *inputs[] = {from.get()}, *outputs[] = {to.get()};
  auto run = [&](const cv::Mat& shown) {
    const cv::Size full(size.empty() ? shown.size() : cv::Size(int(size[1]), int(size[0])));
    std::vector<float> blob(3 * full.area(), 0.f);  // blue, green, red planes; zeros beyond the picture
    for (int y = 0; y < shown.rows; ++y) for (int x = 0; x < shown.cols; ++x) for (int c = 0; c < 3; ++c)
      blob[(c * full.height + y) * full.width + x] = float((shown.at<cv::Vec3b>(y, x)[c] / 255.0 - mean[c]) / deviation[c]);
    const int64_t shape[] = {1, 3, full.height, full.width};
    auto input = Ort::Value::CreateTensor<float>(Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault), blob.data(), blob.size(), shape, 4);
    auto answer = session.Run(Ort::RunOptions{}, inputs, &input, 1, outputs, 1);
    return cv::Mat(full, CV_32F, answer[0].GetTensorMutableData<float>())(cv::Rect({}, shown.size())).clone();
  };
  auto most = [&](size_t axis) { return int(size.empty() ? limit : size[axis]) / 32 * 32; };
  const cv::Mat scores = probability_map(run, picture, ratio, most(0), most(1));
  const cv::Size shown = scores.size();
  std::vector<std::vector<cv::Point>> contours; cv::findContours(scores > threshold, contours, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
  for (size_t i = 0; i < contours.size(); ++i) {
    const cv::RotatedRect kernel = cv::minAreaRect(contours[i]);
    cv::Point2f corners[4], ends[4]; kernel.points(corners);
    const std::vector<cv::Point> whole = {cv::Point(int(corners[0].x), int(corners[0].y)), cv::Point(int(corners[1].x), int(corners[1].y)), cv::Point(int(corners[2].x), int(corners[2].y)), cv::Point(int(corners[3].x), int(corners[3].y))};
    cv::Mat mask = cv::Mat::zeros(shown, CV_8U); cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{whole}, cv::Scalar(1));
    const double score = cv::mean(scores, mask)[0], length = 2 * (kernel.size.width + kernel.size.height);
    if (std::min(kernel.size.width, kernel.size.height) < 3 || score < least) continue;
    std::vector<cv::Point> outline;  // every corner moved outwards in all directions by area · ratio / perimeter
    for (auto& p : whole) for (double turn = 0; turn < 6.283; turn += 0.01)
      outline.emplace_back(int(std::floor(p.x + kernel.size.area() * unclip / length * std::cos(turn) + 0.5)), int(std::floor(p.y + kernel.size.area() * unclip / length * std::sin(turn) + 0.5)));
    const cv::RotatedRect grown = cv::minAreaRect(outline);
    if (std::min(grown.size.width, grown.size.height) < 5) continue; else grown.points(ends);
    for (auto& p : ends) std::printf("%.1f,%.1f,", std::clamp((p.x + 0.5) * wide / shown.width, 0.0, double(original.cols)), std::clamp((p.y + 0.5) * high / shown.height, 0.0, double(original.rows)));
    std::printf("%.4f\n", score);
  }
}
