#pragma once
#include <string>

// C++ (without parameters) and Rust (legacy and v0, without hash) names as people write them; any other name as it is. Bounded.
std::string Demangle(const char* name);
