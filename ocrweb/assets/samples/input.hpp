// What the network's metadata says, and the picture as the network shall see it.
#pragma once
#include <onnxruntime_cxx_api.h>
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>
#include <opencv2/imgproc.hpp>

inline std::vector<double> numbers(Ort::ModelMetadata& data, Ort::AllocatorWithDefaultOptions& memory, const char* key) {
  std::string text = data.LookupCustomMetadataMapAllocated(key, memory).get();  // "[0.485, 0.456, 0.406]", "0.3"
  for (char& letter : text) if (std::string("[],").find(letter) != std::string::npos) letter = ' ';
  std::istringstream words(text); std::vector<double> found;
  for (double value; words >> value;) found.push_back(value);
  return found;  // empty for the size "dynamic"
}

inline cv::Mat on_canvas(const cv::Mat& picture) {  // a tiny picture gets a margin of its border's colour
  if (std::max(picture.rows, picture.cols) >= 64) return picture;
  cv::Scalar colour; cv::Mat canvas;
  for (int c = 0; c < 3; ++c) {
    std::vector<int> border;
    for (int y = 0; y < picture.rows; ++y) for (int x : {0, picture.cols - 1}) border.push_back(picture.at<cv::Vec3b>(y, x)[c]);
    for (int x = 0; x < picture.cols; ++x) for (int y : {0, picture.rows - 1}) border.push_back(picture.at<cv::Vec3b>(y, x)[c]);
    std::sort(border.begin(), border.end());
    colour[c] = cv::saturate_cast<uchar>((border[(border.size() - 1) / 2] + border[border.size() / 2]) / 2.0);
  }
  cv::copyMakeBorder(picture, canvas, 0, 96 - picture.rows, 0, 96 - picture.cols, cv::BORDER_CONSTANT, colour);
  return canvas;
}
